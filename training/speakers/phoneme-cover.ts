import type { TimedPhoneme } from '../../scripts/demo/utterance.ts';

/** Sounds that the demo's mouth table does not list, and the one in it that looks the same on the lips. */
const looksLike = new Map<string, string>(
  Object.entries({
    ʎ: 'l',
    ɭ: 'l',
    ɬ: 'l',
    ɲ: 'n',
    ɳ: 'n',
    ɴ: 'ŋ',
    ɱ: 'v',
    c: 'k',
    q: 'k',
    ɟ: 'ɡ',
    ʈ: 't',
    ɖ: 'd',
    ʂ: 'ʃ',
    ʐ: 'ʒ',
    ʑ: 'ʒ',
    ɧ: 'ʃ',
    ɽ: 'ɾ',
    ʀ: 'r',
    ɸ: 'f',
    ɓ: 'b',
    ħ: 'h',
    ʕ: 'h',
    ɯ: 'ɨ',
    ɤ: 'ʌ',
    ɘ: 'ə',
    ɵ: 'ø',
    ɞ: 'ɜ',
    ʉ: 'ʏ',
  }),
);

/** Phonemes in the alphabet of the demo's mouth table: nasal and other marks off, rare sounds by their look-alikes. */
export function coverPhonemes(phonemes: readonly TimedPhoneme[]): readonly TimedPhoneme[] {
  return phonemes.map((timed) => {
    const bare = timed.phoneme.normalize('NFD').replace(/[\p{Mark}ʰʲʷˠˤ^]/gu, '');
    // A name of nothing but marks is a sound without a place; it stays one, and does not become a pause.
    const name = bare === '' ? timed.phoneme : bare;
    return { ...timed, phoneme: Array.from(name, (letter) => looksLike.get(letter) ?? letter).join('') };
  });
}
