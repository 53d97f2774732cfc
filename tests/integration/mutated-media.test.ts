import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DubwrightError } from '../../src/contract/errors.ts';
import { exitCodes } from '../../src/contract/exit-codes.ts';
import { EngineClient } from '../../src/engine/host/client.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { makeVoice } from '../support/burst-voice.ts';
import { lastJson, runCli } from '../support/cli.ts';
import { makeFilm, makeSound } from '../support/make-media.ts';
import { damages } from '../support/mutate.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { descendantsOf, waitUntilGone } from '../support/processes.ts';

/** No film of twelve frames may take longer, however damaged. */
const limitMs = 60_000;
const mutantsPerDamage = 3;
const filmRecipes = [
  { name: 'a.mp4', outputOptions: [] },
  { name: 'b.mp4', outputOptions: ['-movflags', '+faststart'] },
  { name: 'c.mkv', outputOptions: [] },
  { name: 'd.avi', codec: 'mpeg4', outputOptions: [] },
  { name: 'e.mpg', codec: 'mpeg1video', outputOptions: [] },
];
const soundNames = ['f.wav', 'g.mp3', 'h.flac'];

const root = mkdtempSync(join(tmpdir(), 'dubwright-mutants-'));
const outFolder = join(root, 'out');
const cacheRoot = join(root, 'cache');
const engine = new EngineClient();
/** Failures that say nothing about the file. */
const unexplained: string[] = [];
let film = '';
let voice = '';
let bases: string[] = [];

before(async () => {
  for (const folder of [outFolder, cacheRoot]) mkdirSync(folder);
  const films = filmRecipes.map(({ name, ...recipe }) => {
    const tone = name.endsWith('.mp4') || name.endsWith('.mkv') ? {} : { codec: 'mp2' };
    return makeFilm(root, { name, frameCount: 12, width: 64, height: 48, tones: [tone], ...recipe });
  });
  const sounds = soundNames.map((name) => makeSound(root, { name, seconds: 0.5, sampleRateHz: 16_000 }));
  bases = await Promise.all([...films, ...sounds]);
  film = bases[0] ?? '';
  voice = await makeVoice(root, 'voice.wav', 0.5);
});
after(async () => {
  await engine.close();
  rmSync(root, { recursive: true });
});

/** Damaged copies of a file, the same ones every time. */
function mutantsOf(base: string): { name: string; path: string }[] {
  const bytes = readFileSync(base);
  return Object.entries(damages).flatMap(([damage, apply], kind) =>
    Array.from({ length: mutantsPerDamage }, (_, i) => {
      const random = seededRandom(1000 * kind + i + basename(base).charCodeAt(0) * 100_000);
      const path = join(root, `${basename(base, extname(base))}-${kind}-${i}${extname(base)}`);
      writeFileSync(path, apply(bytes, random));
      return { name: `${basename(base)}, ${damage}, ${i}`, path };
    }),
  );
}

/** Success, or an error that tells a person what is wrong with the file; 'ok' or the code. */
async function outcomeOf(name: string, work: (signal: AbortSignal) => Promise<unknown>): Promise<string> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    await work(limit);
    return 'ok';
  } catch (thrown) {
    assert.ok(!limit.aborted, `${name} took longer than ${limitMs} ms`);
    assert.ok(thrown instanceof DubwrightError, `${name}: ${String(thrown)}`);
    const isExplained = /^(MEDIA|AUDIO|FILE)_/.test(thrown.code);
    if (!isExplained) unexplained.push(`${name}: ${thrown.message}`);
    return thrown.code;
  }
}

async function tryMutant(mutant: { name: string; path: string }): Promise<[probe: string, dub: string]> {
  const { name, path } = mutant;
  const probed = await outcomeOf(`probe ${name}`, (signal) => engine.call('probe', { path }, { signal }));
  const isSound = soundNames.includes(`${basename(path).charAt(0)}${extname(path)}`);
  const outPath = join(outFolder, `${basename(path)}.mkv`);
  const dubbed = await outcomeOf(`dub ${name}`, (signal) => {
    const sourcePath = isSound ? film : path;
    const voicePath = isSound ? path : voice;
    const unitSelection = { id: 'unit-selection', modelPath: null } as const;
    const request = { sourcePath, voicePath, outPath, engine: unitSelection, codec: 'ffv1' } as const;
    return dub(request, { engine, signal, cacheRoot });
  });
  const written = readdirSync(outFolder).filter((file) => file.includes(basename(path)));
  assert.equal(written.length, dubbed === 'ok' ? 2 : 0, `${name}: ${dubbed}, but ${written.join(' ')}`);
  return [probed, dubbed];
}

describe('mutated media', () => {
  it('ends in a film or in an explanation, never in a crash or a hang', async (test) => {
    const mutants = bases.flatMap(mutantsOf);
    assert.ok(mutants.length >= 200, String(mutants.length));
    const counts = new Map<string, number>();
    const queue = mutants.values();
    const enginePid = engine.call('memory', {}).then(() => engine.pid);
    const worker = async (): Promise<void> => {
      for (const mutant of queue) {
        const [probed, dubbed] = await tryMutant(mutant);
        for (const what of [`probe ${probed}`, `dub ${dubbed}`])
          counts.set(what, (counts.get(what) ?? 0) + 1);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    test.diagnostic(
      [...counts]
        .sort()
        .map(([what, count]) => `${what}: ${count}`)
        .join(', '),
    );
    assert.deepEqual(unexplained, []);
    assert.equal(engine.pid, await enginePid, 'the engine process survived them all');
    assert.ok((counts.get('dub ok') ?? 0) > 20, 'some damage can be lived with');
    assert.ok((counts.get('dub MEDIA_UNREADABLE') ?? 0) > 5, 'some cannot');
    assert.deepEqual(
      readdirSync(outFolder).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('leaves no process behind', { skip: process.platform === 'linux' ? false : 'needs /proc' }, async () => {
    const { pid } = engine;
    assert.ok(pid !== null);
    assert.deepEqual(descendantsOf(pid), []);
    await engine.close();
    await waitUntilGone(pid);
  });

  it('is explained by the command line too', async () => {
    const sample = bases.flatMap((base) => mutantsOf(base).filter((_, i) => i % 30 === 17));
    for (const { name, path } of sample) {
      const result = await runCli(['probe', path, '--json'], {
        cwd: root,
        environment: { DUBWRIGHT_CACHE: cacheRoot },
      });
      if (result.exitCode === 0) continue;
      const { code, exitCode } = lastJson(result);
      assert.match(String(code), /^(MEDIA|AUDIO|FILE)_/, name);
      assert.ok(Object.values(exitCodes).includes(Number(exitCode)) && result.exitCode === exitCode, name);
      assert.match(result.stderr, /^dubwright: [^\n]+ Remedy: [^\n]+\n$/, name);
    }
  });
});
