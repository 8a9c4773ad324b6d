import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

/** What of marked is not used here, and what stands for it, how often it is there. */
const UNUSED: readonly (readonly [pattern: RegExp, instead: string, count: number])[] = [
  // Other modes than GFM.
  [/,breaks:\w+(?=,pedantic)|,pedantic:\w+(?=\})/g, '', 3],
  [/this\.options\.(?:pedantic|breaks|silent)/g, '!1', 25],
  [/this\.options\.gfm/g, '!0', 3],
  [/(?:pedanticHrefTitle|escapeTest):.*?(?=unicodeAlphaNumeric:|caret:)/g, '', 2],
  [/pedanticHeadingBeginRegex:.*?(?=htmlBeginRegex:)/g, '', 1],
  // What nobody calls; and no extension of ours says where a block of its begins.
  [/static lex(?:Inline)?\(\w,\w\)\{.*?\}/g, '', 2],
  [/this\.options\.extensions\?\.startBlock\b/g, '!1', 1],
  // What `cjkInlineRules` has in their place.
  [/(?:punctuation|emStrong[LR]Delim(?:Ast)?|del[LR]Delim):\w+,/g, '', 11],
];

/**
 * Only marked's lexer is used here, with its rules of GFM. The instance that the package makes of itself, for its own `marked()`, would bring
 * its parser and renderer along: 3 KB of the first load; what else is unused is 1 KB.
 */
const markedLexer: Plugin = {
  name: 'marked-lexer',
  apply: 'build',
  transform: {
    filter: { id: /\/marked\.esm\.js$/ },
    handler(code) {
      const instance = code.search(/var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse/);
      const names = ['Lexer', 'Tokenizer', 'getDefaults'].map(
        (name) => new RegExp(String.raw`\b\w+ as ${name}\b`).exec(code)?.[0],
      );
      const makeRule = /function (\w+)\(\w+,\w+=""\)\{let \w+=typeof/.exec(code)?.[1];
      if (
        instance < 0 ||
        names.includes(undefined) ||
        makeRule === undefined ||
        UNUSED.some(([pattern, , count]) => code.match(pattern)?.length !== count)
      )
        this.error('marked is no longer what this expects');
      const kept = UNUSED.reduce(
        (rest, [pattern, instead]) => rest.replace(pattern, instead),
        code.slice(0, instance),
      ).replace(new RegExp(String.raw`(?<=[=:])${makeRule}\(`, 'g'), '/*#__PURE__*/$&');
      return { code: `${kept}export{${names.join(',')}};`, map: null };
    },
  },
};

/** What is loaded on demand has neither styles nor other files of its own, so there is nothing to load before it. */
const plainImports: Plugin = {
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: {
    filter: { id: /vite\/preload-helper/ },
    handler: () => 'export const __vitePreload = (load) => load();',
  },
};

/** What the page needs at first, but for its texts, of which it loads one language. */
const FIRST =
  /\/client\/src\/(?:main|blocks|components|state|stream|markdown\/(?!highlight\/(?!paint-code))|i18n\/(?:locale|format))/;
const isFirst = (id: string): boolean => FIRST.test(id) || /preload-helper/.test(id);

export default defineConfig(({ command }) => {
  // A build is a build for users, whoever starts it: Jest sets NODE_ENV to `test`, and that would add Preact's debugging code.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: import.meta.dirname,
    plugins: [preact({ reactAliasesEnabled: false }), markedLexer, plainImports],
    build: {
      outDir: '../dist/client',
      emptyOutDir: true,
      target: 'es2023',
      // The polyfill would be an inline script, which the content security policy forbids.
      modulePreload: false,
      rolldownOptions: {
        output: {
          // What the page loads first is one file: two are larger together, and one more to wait for.
          codeSplitting: { groups: [{ name: 'page', test: isFirst }] },
        },
      },
      // The grammar of C++ is one file of this size, loaded with the first block of it.
      chunkSizeWarningLimit: 1100,
    },
    server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
  };
});
