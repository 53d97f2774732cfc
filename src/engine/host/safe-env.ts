/**
 * Variables that change what a Node child loads or how it talks to its parent. They belong to whoever started us
 * (an editor's debugger, a test runner, a preload library) and would break or subvert the engine process.
 */
const dangerousVariables = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_TEST_CONTEXT',
  'NODE_V8_COVERAGE',
  'ELECTRON_RUN_AS_NODE',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
  'DEBUG',
];

/** A copy of the environment without the variables that must not reach the engine process. */
export function safeEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isDangerous = (name: string): boolean => dangerousVariables.includes(name.toUpperCase());
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isDangerous(name)));
}
