/** Packages that work without ever being named in code: tools, plugins found by their names, and what others load. */
const tools = [
  /^(?:eslint|prettier|stylelint|babel|postcss|remark|rehype|karma|grunt|gulp|gatsby|vite|rollup|webpack|semantic-release|release-it|commitlint|cspell|textlint|markdownlint|htmlhint|jshint|jscs|tslint|standard|xo|ava|tape|tap|mocha|jasmine|jest|vitest|nyc|c8|cypress|playwright|testcafe|nodemon|pm2|husky|lint-staged|lefthook|simple-git-hooks|lerna|nx|turbo|rimraf|typedoc|jsdoc|documentation|concurrently|npm-run-all|cross-env|dotenv-cli|patch-package|serverless|netlify|vercel|wrangler|firebase|tailwindcss|daisyui|autoprefixer|cssnano|sass|less|stylus|ts-node|tsx|tsup|tslib|swc|esbuild|parcel|snowpack|electron|expo|metro|react-native|storybook|size-limit|bundlesize|np|auto|changelog|conventional-changelog|standard-version|browserslist|caniuse-lite|core-js|regenerator-runtime|source-map-support|node-gyp|node-pre-gyp|prebuild|prebuildify|nan|node-addon-api|pino-pretty|bufferutil|utf-8-validate|typescript|flow-bin|prisma|knip|depcheck|npm-check|audit-ci|license-checker)(?:[-.].*)?$/,
  /^@(?:babel|commitlint|semantic-release|storybook|swc|tailwindcss|angular|angular-devkit|angular-eslint|nestjs|nrwl|nx|vue|vitejs|vitest|rollup|parcel|jest|playwright|cypress|stryker-mutator|changesets|release-it|size-limit|microsoft\/api-extractor|tsconfig|fontsource|expo|react-native|electron-forge|prettier|stylistic|typescript-eslint|eslint|eslint-community|nuxt|nuxtjs|sveltejs|astrojs|docusaurus|graphql-codegen|cucumber|wdio|types|ianvs|rushstack|trivago|istanbuljs|esbuild)(?:\/|$)/,
  /(?:^|[/-])(?:eslint|prettier|stylelint|babel|postcss|webpack|rollup|vite|jest|karma|grunt|gulp|commitlint|tsconfig)-?(?:config|plugin|preset|loader|parser|formatter|transform|reporter|env|runner|shareable)?(?:-|$)/,
  /-loader$|-webpack-plugin$|-cli$/,
];

export const isTool = (name: string): boolean => tools.some((pattern) => pattern.test(name));

/** Loaded by another package as soon as it is there. */
const loadedBy: Readonly<Record<string, readonly string[]>> = {
  pg: ['knex', 'sequelize', 'typeorm', 'objection', 'bookshelf', '@mikro-orm/core', 'pg-promise'],
  'pg-hstore': ['sequelize'],
  mysql: ['knex', 'sequelize', 'typeorm', 'objection'],
  mysql2: ['knex', 'sequelize', 'typeorm', 'objection'],
  sqlite3: ['knex', 'sequelize', 'typeorm', 'sqlite'],
  'better-sqlite3': ['knex', 'typeorm'],
  'sql.js': ['typeorm'],
  tedious: ['knex', 'sequelize', 'mssql'],
  mongodb: ['mongoose', 'typeorm', 'connect-mongo', 'agenda'],
  redis: ['connect-redis', 'typeorm'],
  'reflect-metadata': ['typeorm', 'inversify', 'tsyringe', '@nestjs/core', 'class-transformer'],
  rxjs: ['@nestjs/core', '@angular/core'],
  'zone.js': ['@angular/core'],
  'class-validator': ['@nestjs/common', 'class-transformer', 'type-graphql', 'routing-controllers'],
  'class-transformer': ['@nestjs/common', 'routing-controllers'],
  passport: ['@nestjs/passport'],
  'react-dom': ['next', 'gatsby', 'react-scripts', '@remix-run/react', '@docusaurus/core', 'ink'],
  react: ['next', 'gatsby', 'react-scripts', 'react-native', '@docusaurus/core'],
  'react-is': ['styled-components', 'recharts'],
  '@emotion/react': ['@mui/material', '@chakra-ui/react'],
  '@emotion/styled': ['@mui/material', '@chakra-ui/react'],
  graphql: ['@apollo/client', '@apollo/server', 'apollo-server', 'graphql-request', 'graphql-yoga', 'urql'],
  'popper.js': ['bootstrap'],
  '@popperjs/core': ['bootstrap'],
  jquery: ['bootstrap', 'jquery-ui', 'datatables.net'],
  ejs: ['express', 'koa-views'],
  pug: ['express', 'koa-views'],
  hbs: ['express', 'koa-views'],
  sharp: ['next', 'gatsby', 'astro'],
  jsdom: ['jest', 'vitest', 'mocha'],
  'happy-dom': ['jest', 'vitest'],
  vue: ['nuxt', 'vuepress', 'vitepress', '@vue/cli-service'],
  'vue-template-compiler': ['vue'],
};

export const isLoadedBy = (name: string, declared: ReadonlySet<string>): boolean =>
  loadedBy[name]?.some((host) => declared.has(host)) ?? false;

/** Types of things that no one imports: globals of a host, a test runner or a page. */
export const isGlobalTypes = (typed: string): boolean =>
  /^(?:node|jest|mocha|jasmine|qunit|chai|sinon|jquery|react|react-dom|chrome|firefox.*|google.*|gtag.*|gapi.*|grecaptcha|facebook.*|youtube.*|stripe.*|web.*|w3c.*|wicg.*|dom-.*|css-.*|trusted-types|serviceworker|offscreencanvas|audioworklet|bun|deno|cypress|k6|aws-lambda|wordpress.*|vscode.*|office-.*|emscripten|requirejs|systemjs|unist|estree|json-schema|hast|mdast|prop-types|sharedworker|filesystem|har-format|amphtml|d3.*|three|lodash.*|cucumber|testing-library.*|webpack.*|express-serve-static-core)$/.test(
    typed,
  );

/** With one of these, what stands in devDependencies ends up in what is shipped. */
export const isBundler = (name: string): boolean =>
  /^(?:webpack|rollup|vite|esbuild|parcel|parcel-bundler|tsup|tsdown|rolldown|snowpack|browserify|microbundle|unbuild|bunchee|ncc|@vercel\/ncc|next|nuxt|gatsby|astro|react-scripts|@angular\/cli|@sveltejs\/kit|svelte|@remix-run\/dev|@vue\/cli-service|electron-.*|@electron-forge\/.*|expo|metro|react-native|@rspack\/.*|@docusaurus\/core|ng-packagr|wrangler|bun|laravel-mix|@symfony\/webpack-encore|@wordpress\/scripts|ember-cli|aurelia-cli|@stencil\/core|pkg|nexe|preact-cli|umi|ice\.js|poi)$/.test(
    name,
  );

/** "@types/node" -> "node", "@types/babel__core" -> "@babel/core". */
export function typedPackage(name: string): string | undefined {
  if (!name.startsWith('@types/')) return undefined;
  const plain = name.slice('@types/'.length);
  return plain.includes('__') ? `@${plain.replace('__', '/')}` : plain;
}
