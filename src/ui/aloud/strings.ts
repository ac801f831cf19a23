// Strings of the button that reads an answer aloud.

export const en = { readAloud: 'Read aloud', stopReading: 'Stop reading' };

export const zh: typeof en = { readAloud: '朗读', stopReading: '停止朗读' };
