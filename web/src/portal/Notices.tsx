// SPDX-License-Identifier: Apache-2.0
//
// Notices.tsx -- what a customer was told: the inbox of the staff's app, each notice leading to the portal's own page.
import InboxPage from '../inbox/Inbox';
import type { Notice } from '../inbox/data';
import { REQUEST } from './data';

const PLACES: Record<string, string> = { bulletin_notice: '/p/bulletins', change_request: '/p/changes', spare_delivery: '/p/parts', contract: '/p/contracts' };

/** What has no page here waits on the first one: a question how it went, a task. */
const place = (n: Notice) => (n.entity === REQUEST ? `/p/r/${encodeURIComponent(n.number || n.about)}` : PLACES[n.entity] ?? '/p');

export default function Notices() {
  return <InboxPage to={place} plain />;
}
