// SPDX-License-Identifier: Apache-2.0
//
// Button.tsx -- buttons and links that look like buttons.
//
// A button that may not be pressed now stays reachable by Tab and says why (`why`): aria-disabled, not disabled.
import { useId, type ComponentProps, type ReactNode } from 'react';
import { Link } from 'wouter';

export type Look = 'primary' | 'normal' | 'danger' | 'quiet';

interface Props extends ComponentProps<'button'> {
  look?: Look;
  small?: boolean;
  busy?: boolean;
  why?: string;
}

export function Button({ look = 'normal', small, busy, why, className, onClick, children, type = 'button', ...rest }: Props) {
  const id = useId();
  const off = busy || !!why;
  const button = (
    <button
      {...rest}
      type={type}
      className={`btn ${look}${small ? ' small' : ''}${className ? ' ' + className : ''}`}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      aria-describedby={why ? id : rest['aria-describedby']}
      onClick={off ? (e) => e.preventDefault() : onClick}
    >
      {children}
    </button>
  );
  if (!why) return button;
  return (
    <span className="with-why">
      {button}
      <span className="why" id={id} role="tooltip">{why}</span>
    </span>
  );
}

export function LinkButton({ href, look = 'normal', children }: { href: string; look?: Look; children: ReactNode }) {
  return <Link href={href} className={`btn ${look}`}>{children}</Link>;
}
