/** Environment variable by which the studio tells the engine process where things about this machine are kept. */
export const machineCacheVariable = 'DUBWRIGHT_ENGINE_CACHE';
