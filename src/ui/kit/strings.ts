// Strings that several parts of the page share.

export const en = { title: 'Darkroom', details: 'Details' };

export const zh: typeof en = { title: 'Darkroom', details: '详细信息' };
