import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const models = join(root, 'models');

interface Card {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly version: string;
  readonly licence: string;
  readonly biasMs?: number;
  readonly lagBiasMs?: number;
  readonly data: readonly { readonly source: string; readonly licence: string; readonly seconds: number }[];
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
interface Source {
  readonly id: string;
  readonly licence: string;
}

function readJson(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}

const { models: cards } = readJson('models', 'bundled.json') as {
  readonly models: Readonly<Record<string, Card>>;
};
const { sources, synthetic } = readJson('training', 'sources.json') as {
  readonly sources: readonly Source[];
  readonly synthetic: readonly Source[];
};
const readme = readFileSync(join(models, 'README.md'), 'utf8');

/** What the card writer put between a model's marks in the README, spaces of the table's columns made one. */
function sectionOf(id: string): string {
  const [, after] = readme.split(`<!-- ${id} -->`);
  return after.split(`<!-- /${id} -->`)[0].replaceAll(/ +/g, ' ');
}

describe('the bundled models', () => {
  it('are three, each with a card, and no card is without its file', () => {
    const files = readdirSync(models).filter((name) => name.endsWith('.onnx'));
    assert.deepEqual(files.sort(), ['lips-from-sound.onnx', 'sync-lips.onnx', 'sync-sound.onnx']);
    assert.deepEqual(
      Object.values(cards)
        .map(({ file }) => file)
        .sort(),
      files,
    );
  });

  for (const [id, card] of Object.entries(cards)) {
    describe(id, () => {
      it('is the file that the card describes', () => {
        const bytes = readFileSync(join(models, card.file));
        assert.equal(bytes.length, card.bytes);
        assert.equal(createHash('sha256').update(bytes).digest('hex'), card.sha256);
      });

      it('was taught by allowed sources only, each with its licence and how much of it', () => {
        assert.ok(card.data.length > 0, 'no data on the card');
        for (const { source, licence, seconds } of card.data) {
          const listed = [...sources, ...synthetic].find((one) => one.id === source);
          assert.equal(licence, listed?.licence, `${source} is not listed with this licence`);
          assert.ok(seconds > 0, `${source} taught for ${seconds} s`);
        }
      });

      it('says in the README what the card says', () => {
        const section = sectionOf(id);
        assert.ok(section.includes(`\`${card.sha256}\``), 'SHA-256');
        assert.ok(section.includes(`${card.bytes} bytes, version ${card.version}, licence ${card.licence}`));
        for (const { source, licence, seconds } of card.data) {
          const rows = section.split('\n').filter((row) => row.includes(`| ${licence} |`));
          assert.ok(
            rows.some((row) => row.endsWith(`| ${seconds} |`)),
            `${source}: ${seconds} s`,
          );
        }
        for (const [name, value] of Object.values(card.figures).flatMap((figures) => Object.entries(figures)))
          assert.ok(section.includes(`| ${name} | ${value} |`), `${name} ${value}`);
      });

      it('has been measured on people it had not seen, and on rendered speakers', () => {
        assert.ok(Object.values(card.figures).some((figures) => (figures['r opening'] ?? 0) > 0.4));
        assert.ok(Number.isFinite(card.biasMs ?? card.lagBiasMs), 'no calibration');
      });
    });
  }
});
