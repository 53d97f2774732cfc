import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

/** A room may import only from the rooms named here (docs/architecture.md, Rooms). */
const wallsOf = {
  core: [],
  contract: ['core'],
  engine: ['core', 'contract'],
  studio: ['core', 'contract', 'engine'],
  cli: ['core', 'contract', 'studio'],
};

/** Packages that one place alone may know, so that each can be replaced there. */
const guardedPackages = [
  { name: 'fluent-ffmpeg', room: 'engine', home: 'src/engine/media/ffmpeg-command.ts' },
  { name: 'onnxruntime-node', room: 'engine', home: 'src/engine/inference/**' },
  { name: 'protobufjs', room: 'engine', home: 'src/engine/onnx/**' },
  { name: 'better-sqlite3', room: 'studio', home: 'src/studio/store/**' },
];

/** The rule for files of a room that may know some of the guarded packages. */
function importRule(room, knownPackages = []) {
  const open = wallsOf[room];
  const closed = Object.keys(wallsOf).filter((other) => other !== room && !open.includes(other));
  const guarded = guardedPackages.map(({ name }) => name).filter((name) => !knownPackages.includes(name));
  return {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: guarded.map((name) => ({ name, message: 'only its own module may import this package' })),
        patterns: [
          ...closed.map((other) => ({
            regex: `^\\.\\./(.*/)?${other}/`,
            message: `${room} may import only from: ${open.join(', ') || 'nothing'}`,
          })),
          {
            regex: '^(\\.\\./)+(scripts|tests|training)/',
            message: 'the product does not know its scripts, tests and training',
          },
        ],
      },
    ],
  };
}

const walls = [
  ...Object.keys(wallsOf).map((room) => ({ files: [`src/${room}/**`], rules: importRule(room) })),
  ...guardedPackages.map(({ name, room, home }) => ({ files: [home], rules: importRule(room, [name]) })),
];

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'models/built', 'training/work', 'training/.venv'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'bin/*.js'] } } },
    plugins: { jsdoc },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 330, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      eqeqeq: 'error',
    },
  },
  ...walls,
  {
    files: ['**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'a name that is the same everywhere helps the reader',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        { publicOnly: true, require: { ClassDeclaration: true, FunctionDeclaration: true } },
      ],
    },
  },
  {
    files: ['src/core/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', 'window', 'document'] },
  },
  {
    files: ['tests/**', 'scripts/**'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  {
    files: ['*.js', 'bin/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly', console: 'readonly' } },
  },
);
