import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import jsdoc from 'eslint-plugin-jsdoc';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** A room may import only from the rooms named here (docs/architecture.md, Rooms). */
const wallsOf = {
  core: [],
  contract: ['core'],
  engine: ['core', 'contract'],
  studio: ['core', 'contract', 'engine'],
  cli: ['core', 'contract', 'studio'],
};
const rooms = Object.keys(wallsOf);
const wallZones = rooms.map((room) => ({
  target: `./src/${room}`,
  from: rooms
    .filter((other) => other !== room && !wallsOf[room].includes(other))
    .map((other) => `./src/${other}`),
  message: `${room} may import only from: ${wallsOf[room].join(', ') || 'nothing'}`,
}));

/** Packages that one module alone may know, so that each can be replaced there. */
const guardedPackages = [
  { package: 'fluent-ffmpeg', home: 'src/engine/media/ffmpeg-command.ts' },
  { package: 'onnxruntime-node', home: 'src/engine/inference/**' },
  { package: 'better-sqlite3', home: 'src/studio/store/**' },
  { package: 'protobufjs', home: 'src/engine/onnx/**' },
];
const restrict = (packages) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { paths: packages.map((name) => ({ name, message: 'only its own module may import this package' })) },
  ],
});
const allGuarded = guardedPackages.map((guard) => guard.package);

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'models/built', 'training'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'bin/*.js'] } } },
    plugins: { 'import-x': importX, jsdoc },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: wallZones }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      ...restrict(allGuarded),
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
  {
    files: ['src/**/*.ts'],
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        { publicOnly: true, require: { ClassDeclaration: true, FunctionDeclaration: true } },
      ],
    },
  },
  ...guardedPackages.map((guard) => ({
    files: [guard.home],
    rules: restrict(allGuarded.filter((name) => name !== guard.package)),
  })),
  {
    files: ['src/core/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', 'window', 'document'] },
  },
  {
    files: ['tests/**', 'scripts/**'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', ...restrict([]) },
  },
  {
    files: ['*.js', 'bin/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly', console: 'readonly' } },
    rules: { 'import-x/no-default-export': 'off' },
  },
);
