// SPDX-License-Identifier: Apache-2.0
//
// vite.config.ts -- builds src/ into dist/: index.html (staff), p.html (portal) and hashed files under /a/, each with its .br and .gz sibling,
// as `openitr` embeds and serves them.
//
// Small plugins stand here because no package does just this:
//   floors       refuses an import from a higher floor (core < kit < model, portal < role < root) or a neighbour
//   pressable    gives our own stylesheet link the id under which React Aria looks for its style element, so that it adds
//                none of its own, which the content security policy would refuse (ui.md 1.1, note 4)
//   first        names src/core/first.ts in both pages as the script that comes before all others
//   announcer    lets React Aria's live announcer empty itself as text, where it writes innerHTML, which Trusted Types refuse;
//                the build fails when that place is not there any more
//   precompress  writes the compressed siblings
import { defineConfig, type Plugin } from 'vite';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SRC = resolve(import.meta.dirname, 'src') + '/';
const FLOORS: Record<string, number> = { locales: 0, core: 1, kit: 2, model: 3, portal: 3, role: 4 };
const ROOF = 5;

/** The folder of a source file and its floor, higher is later; files directly in src/ are above all; -1: not ours. */
function floorOf(id: string): { folder: string; floor: number } {
  const [folder, rest] = id.startsWith(SRC) ? id.slice(SRC.length).split('/') : [''];
  if (folder && rest === undefined) return { folder: 'root', floor: /\.tsx?$/.test(folder) ? ROOF : -1 };
  return { folder, floor: FLOORS[folder] ?? -1 };
}

function floors(): Plugin {
  return {
    name: 'floors',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!importer || !source.startsWith('.')) return null;
      const from = floorOf(importer.split('?')[0]);
      const to = floorOf(resolve(importer, '..', source));
      // An index-less import of "../core/api" resolves to a path inside its folder, which is all that floorOf needs.
      if (from.floor >= 0 && (to.floor > from.floor || (to.floor === from.floor && to.folder !== from.folder)))
        this.error(`${importer} (floor ${from.folder}) may not import ${source}: it is on a higher floor, or a neighbour's`);
      return null;
    },
  };
}

function pressable(): Plugin {
  return {
    name: 'pressable',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<link rel="stylesheet"', '<link id="react-aria-pressable-style" rel="stylesheet"'),
    },
  };
}

/** A script in the page itself would become one with the entry's. */
function first(): Plugin {
  return {
    name: 'first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find((c) => c.type === 'chunk' && c.facadeModuleId === SRC + 'core/first.ts');
        if (!chunk || !html.includes('<script type="module"')) throw new Error('first.ts has no place in the page: see first in vite.config.ts');
        return html.replace('<script type="module"', `<script type="module" async fetchpriority="high" crossorigin src="/${chunk.fileName}"></script>\n    <script type="module"`);
      },
    },
  };
}

function announcer(): Plugin {
  let seen = false;
  return {
    name: 'announcer',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('LiveAnnouncer')) return null;
      seen ||= code.includes(".innerHTML = ''");
      return { code: code.replaceAll(".innerHTML = ''", ".textContent = ''"), map: null };
    },
    buildEnd() {
      if (!seen) this.error('React Aria\'s live announcer has changed: see announcer in vite.config.ts');
    },
  };
}

function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      const dist = resolve(import.meta.dirname, 'dist');
      for (const name of readdirSync(dist, { recursive: true }) as string[]) {
        if (!/\.(js|css|html|svg|json)$/.test(name)) continue;
        const bytes = readFileSync(join(dist, name));
        writeFileSync(join(dist, name + '.gz'), gzipSync(bytes, { level: 9 }));
        writeFileSync(join(dist, name + '.br'),
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
      }
    },
  };
}

export default defineConfig({
  plugins: [floors(), { ...optimizeLocales.vite({ locales: ['en-US', 'zh-CN'] }), enforce: 'pre' }, pressable(), first(), announcer(), precompress()],
  build: {
    target: ['chrome109', 'edge109', 'firefox115', 'safari16.4'],
    outDir: 'dist',
    assetsDir: 'a',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: ['index.html', 'p.html', 'src/core/first.ts'],
      // "use client" in packages means nothing to a bundle that has no server half.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  server: { port: 5173, proxy: { '/api': process.env.OPENITR_URL ?? 'http://127.0.0.1:8080' } },
});
