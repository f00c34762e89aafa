/** What a colour means, wherever one stands. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'idle';
