// SPDX-License-Identifier: Apache-2.0
//
// Guard.tsx -- a fault of ours in one page leaves the rest of the app standing.
import { Component, type ReactNode } from 'react';
import { useText } from '../core/i18n';
import { Banner } from './Banner';
import { Button } from './Button';

export class Guard extends Component<{ children: ReactNode }, { fault: unknown }> {
  state = { fault: null as unknown };
  static getDerivedStateFromError(fault: unknown) {
    return { fault };
  }
  render() {
    return this.state.fault ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useText();
  return <Banner tone="bad" action={<Button onClick={() => location.reload()}>{t('conflict.reload')}</Button>}><p>{t('problem.page')}</p></Banner>;
}
