// Loads modules of ui/src as they are, without a browser.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ui = new URL('../../../ui/', import.meta.url);
const require = createRequire(new URL('package.json', ui));
const vite = await import(pathToFileURL(require.resolve('vite')).href);

// The exports of ui/src/<path>.
export async function load(path) {
  const made = await vite.build({
    configFile: false,
    root: fileURLToPath(ui),
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: fileURLToPath(new URL(`src/${path}`, ui)), formats: ['es'], fileName: 'm' },
    },
  });
  const code = (Array.isArray(made) ? made[0] : made).output[0].code;
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

// A small generator of numbers, the same for the same seed.
export function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
