// SPDX-License-Identifier: Apache-2.0
//
// vite.config.ts -- builds src/ into dist/: index.html and hashed files under /a/, each with its .br and .gz sibling,
// as `openitr` embeds and serves them.
//
// Three small plugins stand here because no package does just this:
//   floors       refuses an import from a higher floor (core < kit < model < role < root)
//   pressable    gives our own stylesheet link the id under which React Aria looks for its style element, so that it adds
//                none of its own, which the content security policy would refuse (ui.md 1.1, note 4)
//   precompress  writes the compressed siblings
import { defineConfig, type Plugin } from 'vite';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SRC = resolve(import.meta.dirname, 'src') + '/';
const FLOORS = ['locales', 'core', 'kit', 'model', 'role'];

/** The floor of a source file, higher is later; files directly in src/ are above all floors; -1: not ours. */
function floorOf(id: string): number {
  if (!id.startsWith(SRC)) return -1;
  const folder = id.slice(SRC.length).split('/');
  if (folder.length === 1) return folder[0].endsWith('.tsx') || folder[0].endsWith('.ts') ? FLOORS.length : -1;
  return FLOORS.indexOf(folder[0]);
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
      if (from >= 0 && to > from)
        this.error(`${importer} (floor ${FLOORS[from]}) may not import ${source}: it is on a higher floor`);
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
  plugins: [floors(), { ...optimizeLocales.vite({ locales: ['en-US', 'zh-CN'] }), enforce: 'pre' }, pressable(), precompress()],
  build: {
    target: ['chrome109', 'edge109', 'firefox115', 'safari16.4'],
    outDir: 'dist',
    assetsDir: 'a',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      // "use client" in packages means nothing to a bundle that has no server half.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  server: { port: 5173, proxy: { '/api': process.env.OPENITR_URL ?? 'http://127.0.0.1:8080' } },
});
