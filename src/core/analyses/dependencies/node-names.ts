/** Modules that Node.js and other hosts bring along. */
export const hostModules: ReadonlySet<string> = new Set(
  (
    'assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events ' +
    'fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl sea sqlite ' +
    'stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib ' +
    'vscode electron bun deno cloudflare k6 aws-lambda jest mocha vitest server-only client-only obsidian atom'
  ).split(' '),
);

/** Given up by their makers, and what to use instead. */
export const givenUp: Readonly<Record<string, string>> = {
  request: 'fetch',
  'request-promise': 'fetch',
  'request-promise-native': 'fetch',
  'node-uuid': 'uuid or crypto.randomUUID',
  'har-validator': 'ajv',
  tslint: 'eslint with typescript-eslint',
  'babel-eslint': '@babel/eslint-parser',
  istanbul: 'nyc or c8',
  jade: 'pug',
  'node-sass': 'sass',
  'gulp-util': 'the single packages it was made of',
  'left-pad': 'String.prototype.padStart',
  popper: '@floating-ui/dom',
  'popper.js': '@floating-ui/dom',
  'core-js-pure@2': 'core-js 3',
  faker: '@faker-js/faker',
  nsp: 'npm audit',
  'coffee-script': 'coffeescript',
  bower: 'npm',
  'swig-templates': 'nunjucks',
  'crypto-js': 'node:crypto or Web Crypto',
  csurf: 'another protection against forged requests',
  'express-brute': 'rate-limiter-flexible',
  'react-addons-css-transition-group': 'react-transition-group',
  enzyme: '@testing-library/react',
  protractor: 'playwright or cypress',
  'apollo-server': '@apollo/server',
  'apollo-server-express': '@apollo/server',
  querystring: 'URLSearchParams',
  domexception: 'the built-in DOMException',
  abab: 'atob and btoa',
  rollup_plugin_babel: '@rollup/plugin-babel',
  'rollup-plugin-node-resolve': '@rollup/plugin-node-resolve',
  'rollup-plugin-commonjs': '@rollup/plugin-commonjs',
  'rollup-plugin-babel': '@rollup/plugin-babel',
  phantomjs: 'playwright',
  'phantomjs-prebuilt': 'playwright',
  'uglify-es': 'terser',
  'extract-text-webpack-plugin': 'mini-css-extract-plugin',
  'aws-sdk': '@aws-sdk/client-*',
};

/** Published to be taken for another by a slip of the keyboard, and removed since. */
export const impostors: ReadonlySet<string> = new Set(
  (
    'crossenv cross-env.js d3.js fabric-js ffmepg gruntcli http-proxy.js jquery.js mongose mssql.js mysqljs ' +
    'nodecaffe nodefabric node-fabric nodeffmpeg nodemailer-js nodemailer.js nodemssql node-opencv node-opensl ' +
    'node-openssl noderequest nodesass nodesqlite node-sqlite node-tkinter opencv.js openssl.js proxy.js shadowsock ' +
    'sqlite.js sqliter sqlserver flatmap-stream electron-native-notify'
  ).split(' '),
);

const popular =
  'express lodash react axios moment webpack commander chalk request mongoose mongodb typescript jquery underscore async bluebird debug socket.io redux eslint prettier webdriverio cheerio nodemon passport jsonwebtoken bcrypt dotenv body-parser cookie-parser cors helmet winston morgan sequelize passport-local puppeteer playwright cypress vitest rollup fastify angular tailwindcss postcss autoprefixer graphql apollo-server dayjs date-fns nodemailer validator multer knex typeorm prisma'.split(
    ' ',
  );

/** The well-known package that a name is one slip away from, and is not. */
export function lookAlike(name: string): string | undefined {
  if (name.length < 5 || popular.includes(name) || legitimate.has(name)) return undefined;
  return popular.find((known) => known.length >= 5 && isSlip(name, known));
}

const legitimate = new Set([
  'preact',
  'reacts',
  'redux-',
  'debugs',
  'moments',
  'axios2',
  'fastify-',
  'jest',
  'mongodb2',
]);

/** Two letters swapped, one doubled, or one left out. */
function isSlip(name: string, known: string): boolean {
  if (Math.abs(name.length - known.length) > 1 || name[0] !== known[0]) return false;
  let at = 0;
  while (at < name.length && name[at] === known[at]) at++;
  const [a, b] = [name.slice(at), known.slice(at)];
  if (name.length === known.length) return a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  if (name.length < known.length) return a === b.slice(1);
  return a.slice(1) === b && (a[0] === name[at - 1] || a[0] === 's');
}
