// SPDX-License-Identifier: Apache-2.0
//
// saxen.d.ts -- what we use of saxen, which comes without types.
declare module 'saxen' {
  type Decode = (text: string) => string;
  export class Parser {
    on(name: 'openTag', hear: (name: string, attrs: () => Record<string, string>, decode: Decode) => void): this;
    on(name: 'closeTag', hear: (name: string) => void): this;
    on(name: 'text', hear: (text: string, decode: Decode) => void): this;
    on(name: 'cdata', hear: (text: string) => void): this;
    on(name: 'error', hear: (error: Error) => void): this;
    parse(text: string): this;
    stop(): void;
  }
}
