/** A stretch of film and the voice it is dubbed with. Six speakers, four languages, and the demo. */
export interface LookCase {
  readonly name: string;
  /** File in the shared clips, or null for the demo's film and voice. */
  readonly clip: string | null;
  readonly voice: string;
  readonly startSeconds: number;
  readonly seconds: number;
  /** Where in the voice the stretch begins; before 0 it is silent, so that every case shows a mouth at rest. */
  readonly voiceFromSeconds: number;
}

export const lookCases: readonly LookCase[] = [
  {
    ...{ name: 'demo-english', clip: null, voice: 'voice.wav' },
    ...{ startSeconds: 0, seconds: 8, voiceFromSeconds: 0 },
  },
  {
    ...{ name: 'anchor-german', clip: 'anchor-71s-512-25fps.mp4', voice: 'german-9s.flac' },
    ...{ startSeconds: 20, seconds: 8, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'desk-man-french', clip: 'desk-man-6s-700-22fps.mp4', voice: 'french-7s.flac' },
    ...{ startSeconds: 0, seconds: 6, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'webcam-english', clip: 'webcam-1080p-1-8s-30fps.mp4', voice: 'english-28s.flac' },
    ...{ startSeconds: 1, seconds: 6, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'address-chinese', clip: 'address-b-8s-512-25fps-mpeg4.mp4', voice: 'chinese-8s.flac' },
    ...{ startSeconds: 0, seconds: 8, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'blue-wall-german', clip: 'blue-wall-woman-7s-700-30fps.mp4', voice: 'german-9s.flac' },
    ...{ startSeconds: 0, seconds: 6, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'captions-french', clip: 'captions-hands-46s-406x720-30fps.mp4', voice: 'french-7s.flac' },
    ...{ startSeconds: 12, seconds: 7, voiceFromSeconds: -0.6 },
  },
  {
    ...{ name: 'microphone-english', clip: 'microphone-man-portrait-12s-1080x1920-59.94fps.mp4' },
    ...{ voice: 'english-60s.flac', startSeconds: 3, seconds: 4, voiceFromSeconds: -0.6 },
  },
];
