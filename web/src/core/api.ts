// SPDX-License-Identifier: Apache-2.0
//
// api.ts -- every call to the server goes through here.
//
//   api       the typed client, made from the server's OpenAPI text (schema.d.ts)
//   call      the same for generic screens, which learn the entity's name at run time
//
// Both send the CSRF token with changes, the reader's language, and an Idempotency-Key with each POST.  The key belongs to
// the request's content: when no answer came (network, 5xx), the same content sent again carries the same key, so that
// pressing the button twice never makes two records.  A caller whose attempt must outlive the page brings its own key.  An answer that is no success is thrown as a Problem.
import createClient from 'openapi-fetch';
import { heardTime } from './clock';
import { address, forgetFirst, takeFirst, type Query } from './first';
import { currentLang, type Label } from './i18n';
import type { paths } from './schema';

const BASE = '/api/v1';

/** The paths as this program names them, whether or not the OpenAPI text has the base path in them. */
type Short = { [K in keyof paths as K extends `/api/v1${infer R}` ? R : K]: paths[K] };

export interface FieldError {
  pointer?: string;
  code?: string;
  text?: Label;
}

/** application/problem+json, or what stands for it when the answer was no such thing. */
export class Problem extends Error {
  status: number;
  code: string;
  detail?: Label;
  errors: FieldError[];
  /** 412: the record as it is now */
  current?: unknown;
  requestId?: string;
  retryAfter?: number;

  constructor(status: number, body: unknown, retryAfter?: number) {
    const b = (body && typeof body === 'object' ? body : {}) as Record<string, any>;
    super(b.title || `HTTP ${status}`);
    this.status = status;
    this.code = b.code ?? (status === 0 ? 'network' : 'unknown');
    this.detail = b.detail;
    this.errors = Array.isArray(b.errors) ? b.errors : [];
    this.current = b.current;
    this.requestId = b.request_id;
    this.retryAfter = retryAfter;
  }
}

let csrf = '';
export const setCsrf = (token: string | null | undefined) => void (csrf = token ?? '');

/** Called on every 401 but that of the login itself. */
let signedOut: () => void = () => {};
export const onSignedOut = (f: () => void) => void (signedOut = f);

const pending = new Map<string, string>();

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function send(request: Request): Promise<Response> {
  const headers = request.headers;
  headers.set('Accept-Language', currentLang());
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && csrf) headers.set('X-CSRF-Token', csrf);
  let sign = '';
  // A file is sent again by choice of the person, not by accident; its bytes are not read twice to compare them.
  if (headers.has('Idempotency-Key')) {
    // the caller's own
  } else if (request.method === 'POST' && headers.get('Content-Type')?.startsWith('application/json')) {
    sign = `${request.url} ${await request.clone().text()}`;
    const key = pending.get(sign) ?? newKey();
    pending.set(sign, key);
    headers.set('Idempotency-Key', key);
  } else if (request.method === 'POST') {
    headers.set('Idempotency-Key', newKey());
  }
  let answer: Response;
  try {
    if (changes) forgetFirst();
    answer = await ((changes ? undefined : takeFirst(request.url))?.catch(() => fetch(request)) ?? fetch(request));
  } catch {
    throw new Problem(0, null);
  }
  heardTime(answer.headers.get('Date'));
  if (sign && answer.status < 500) pending.delete(sign);
  if (answer.ok || answer.status === 304) return answer;
  if (answer.status === 401 && !request.url.endsWith('/login')) signedOut();
  const body = await answer.json().catch(() => null);
  throw new Problem(answer.status, body, Number(answer.headers.get('Retry-After')) || undefined);
}

export const api = createClient<Short>({ baseUrl: BASE, fetch: send });

export type { Query };

/** One path segment from an id or number. */
export const seg = (s: string | number) => encodeURIComponent(String(s));

export interface CallOptions {
  query?: Query;
  body?: unknown;
  /** sent as they are, instead of a JSON body */
  file?: Blob;
  /** If-Match: the version that the person saw */
  version?: number;
  /** Idempotency-Key of the caller's own */
  key?: string;
  signal?: AbortSignal;
  /** goes out even when the page is left meanwhile */
  keepalive?: boolean;
}

export async function call<T>(method: string, path: string, o: CallOptions = {}): Promise<T> {
  const headers = new Headers({ Accept: 'application/json' });
  if (o.version != null) headers.set('If-Match', `"${o.version}"`);
  if (o.key) headers.set('Idempotency-Key', o.key);
  let body: BodyInit | undefined;
  if (o.file) {
    body = o.file;
    headers.set('Content-Type', o.file.type || 'application/octet-stream');
  } else if (o.body !== undefined) {
    body = JSON.stringify(o.body);
    headers.set('Content-Type', 'application/json');
  }
  const answer = await send(new Request(address(path, o.query), { method, headers, body, signal: o.signal, keepalive: o.keepalive }));
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal });
export const fileAddress = (path: string) => BASE + path;
