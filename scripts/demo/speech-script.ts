/** One sentence of the demo in both languages; the English is the translation of the Dutch. */
export interface ScriptLine {
  readonly dutch: string;
  readonly english: string;
}

/** What the demo's speaker says. */
export const script: readonly ScriptLine[] = [
  { dutch: 'Goedemorgen, en welkom.', english: 'Good morning, and welcome.' },
  {
    dutch: 'Vandaag laten we zien hoe een stem een andere taal kan spreken.',
    english: 'Today we show you how a voice can speak another language.',
  },
  { dutch: 'De lippen bewegen mee, beeld voor beeld.', english: 'The lips move along, picture by picture.' },
  { dutch: 'Probeer het maar met uw eigen film.', english: 'Go ahead and try it with a film of your own.' },
];

/** How espeak-ng is asked to speak a language. */
export interface VoiceChoice {
  /** Two letters, as in ISO 639-1. */
  readonly language: string;
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

/** The speaker's own voice and the dubbing voice. */
export const voices: { readonly dutch: VoiceChoice; readonly english: VoiceChoice } = {
  dutch: { language: 'nl', voice: 'nl', wordsPerMinute: 164, pitch: 42 },
  english: { language: 'en', voice: 'en', wordsPerMinute: 162, pitch: 46 },
};

/** Length of the film: 300 frames at 25 a second. */
export const demoFrames = 300;
/** Frames per second. */
export const demoFrameRate = 25;
