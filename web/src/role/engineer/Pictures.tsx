// SPDX-License-Identifier: Apache-2.0
//
// Pictures.tsx -- the files of a case; small pictures are shown small, great ones only named.
//
// A picture is decoded at its full size, whatever size it is shown at: one of a few kilobytes may take gigabytes.  So its head
// is read first (the server serves ranges), and what has more than MOST pixels, or a head that says nothing, is not shown.
import { useQuery } from '@tanstack/react-query';
import { fileAddress, seg } from '../../core/api';
import { bytesText } from '../../core/format';
import { useText } from '../../core/i18n';
import { Icon } from '../../kit/Icon';
import { Words } from '../../kit/Said';
import { useChildren } from '../../model/data';
import type { Entity, Row } from '../../model/entity';

const MOST = 6_000_000;
const HEAD = 65_536;
const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

/** Width and height by the head of a PNG, GIF, WebP or JPEG; null: the head does not say. */
export function pixelsOf(bytes: Uint8Array): { width: number; height: number } | null {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const is = (at: number, text: string) => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  if (v.byteLength < 30) return null;
  if (is(1, 'PNG') && is(12, 'IHDR')) return { width: v.getUint32(16), height: v.getUint32(20) };
  if (is(0, 'GIF8')) return { width: v.getUint16(6, true), height: v.getUint16(8, true) };
  if (is(0, 'RIFF') && is(8, 'WEBP')) {
    if (is(12, 'VP8X')) return { width: 1 + (v.getUint32(24, true) & 0xffffff), height: 1 + (v.getUint32(26, true) >>> 8) };
    if (is(12, 'VP8 ')) return { width: v.getUint16(26, true) & 0x3fff, height: v.getUint16(28, true) & 0x3fff };
    const bits = v.getUint32(21, true);
    return is(12, 'VP8L') ? { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) } : null;
  }
  if (v.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < v.byteLength; at += 2 + v.getUint16(at + 2)) {
    const mark = v.getUint16(at);
    if (mark < 0xff00) return null;
    if (mark >= 0xffc0 && mark <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(mark)) return { height: v.getUint16(at + 5), width: v.getUint16(at + 7) };
  }
  return null;
}

function Picture({ address, name }: { address: string; name: string }) {
  const { t, number } = useText();
  const size = useQuery({
    queryKey: ['pixels', address], staleTime: Infinity, retry: false,
    queryFn: async ({ signal }) => {
      const answer = await fetch(address, { headers: { Range: `bytes=0-${HEAD - 1}` }, signal });
      return pixelsOf(new Uint8Array(await answer.arrayBuffer()));
    },
  });
  if (size.isPending) return null;
  if (!size.data || size.data.width * size.data.height > MOST)
    return <p className="muted">{size.data ? t('case.too_great', { n: number(Math.round(size.data.width * size.data.height / 1e6)) }) : t('case.no_preview')}</p>;
  return <img src={address} alt={name} loading="lazy" decoding="async" width={120} height={90} className="thumb" />;
}

export function Pictures({ entity, row }: { entity: Entity; row: Row }) {
  const { t, lang } = useText();
  const files = useChildren(entity.name, row.id, 'attachment', true);
  if (!files.data?.length) return null;
  return (
    <section className="card">
      <h2>{t('files.title')}</h2>
      <ul className="files">
        {files.data.map((f) => {
          const address = fileAddress(`/${seg(entity.name)}/${row.id}/attachment/${f.id}/content`);
          const name = String(f.name ?? f.id);
          return (
            <li key={f.id}>
              <Icon name="clip" /> <a href={address} download><Words>{name}</Words></a>
              {typeof f.size === 'number' && <span className="muted"> {bytesText(f.size, lang)}</span>}
              {SHOWN.test(String(f.media_type)) && <Picture address={address} name={name} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
