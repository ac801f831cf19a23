// A drawing of a desk, and a conversation whose boxes match the objects in it. They serve for screenshots of the page,
// and for tests of the boxes drawn on a picture.

export const SCENE = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="750" viewBox="0 0 1000 750">
<defs>
<linearGradient id="wall" x2="0" y2="1"><stop stop-color="#dfe6e4"/><stop offset="1" stop-color="#c6d2cf"/></linearGradient>
<linearGradient id="desk" x2="0" y2="1"><stop stop-color="#c79a6b"/><stop offset="1" stop-color="#a67847"/></linearGradient>
<linearGradient id="sky" x2="0" y2="1"><stop stop-color="#8fc1e8"/><stop offset="1" stop-color="#e9f3f8"/></linearGradient>
<linearGradient id="mug" x2="1" y2="0"><stop stop-color="#d8503a"/><stop offset="1" stop-color="#a83322"/></linearGradient>
</defs>
<rect width="1000" height="750" fill="url(#wall)"/>
<rect x="90" y="60" width="300" height="300" fill="#f7f7f3"/><rect x="106" y="76" width="268" height="268" fill="url(#sky)"/>
<path d="M106 290q70-60 130-10t138-30v94H106z" fill="#7fa67c"/><path d="M236 76h8v268h-8zM106 206h268v8H106z" fill="#f7f7f3"/>
<rect y="500" width="1000" height="250" fill="url(#desk)"/><rect y="500" width="1000" height="7" fill="#8a6238" opacity=".5"/>
<ellipse cx="245" cy="585" rx="95" ry="14" opacity=".18"/>
<path d="M312 450h28q44 0 44 44t-44 44h-28" fill="none" stroke="#a83322" stroke-width="17"/>
<path d="M170 420h146v140q0 26-26 26h-94q-26 0-26-26z" fill="url(#mug)"/><ellipse cx="243" cy="421" rx="73" ry="13" fill="#5b1f15"/>
<ellipse cx="735" cy="582" rx="92" ry="13" opacity=".18"/>
<g fill="#3f7d4e"><path d="M735 430q-20-130-115-160 0 120 115 160z"/><path d="M735 430q20-150 110-170 10 130-110 170z" fill="#56955f"/><path d="M735 430q-50-110-20-240 60 110 20 240z" fill="#4b8a58"/></g>
<path d="M655 420h160l-20 150q-2 14-16 14h-88q-14 0-16-14z" fill="#e6e0d6"/><path d="M648 410h174v24H648z" fill="#f3eee6"/>
<g transform="translate(395 600) skewX(-14)"><rect width="210" height="110" rx="6" fill="#2f4a6d"/><rect x="8" y="7" width="194" height="96" rx="3" fill="#f4f1e8"/><path d="M20 28h170M20 48h170M20 68h120" stroke="#b9c4cf" stroke-width="4"/><path d="M2 14v90" stroke="#dfe3e6" stroke-width="7" stroke-dasharray="4 7"/></g>
<path d="M640 690l170-52 6 14-168 54-26 2z" fill="#f0b93a"/><path d="M640 690l8 16-26 2z" fill="#3a2a1a"/>
</svg>`;

const BOXES = [
  { bbox_2d: [168, 542, 388, 784], label: 'red mug' },
  { bbox_2d: [618, 252, 848, 782], label: 'plant in a white pot' },
  { bbox_2d: [364, 798, 606, 950], label: 'spiral notebook' },
  { bbox_2d: [620, 848, 818, 946], label: 'pencil' },
];

const FACTS = {
  ...{ tokens: 143, promptTokens: 1118, cachedTokens: 0, reason: 'eos' },
  timings: { decodingMs: 12, visionMs: 640, prefillMs: 410, answeringMs: 4020 },
};
const TURN = {
  photos: [],
  thoughtMs: null,
  answerer: { id: 'demo', backend: 'webgpu', precision: 'f16', thinks: false },
  options: { maxTokens: 4096, sampling: {} },
};

/** The conversation in the page's export format, without its photos. */
export const CONVERSATION = {
  format: 'darkroom-conversation',
  version: 1,
  id: 'desk',
  turns: [
    {
      ...TURN,
      id: 'first',
      question: 'What is on the desk? Show me where.',
      photos: ['desk'],
      answer: `Four things stand or lie on the desk:\n\n\`\`\`json\n${JSON.stringify(BOXES, null, 2)}\n\`\`\``,
      ending: { kind: 'answered', facts: FACTS },
    },
    {
      ...TURN,
      id: 'second',
      question: 'Which of them would I write with, and on what?',
      answer:
        'With the **pencil** on the right, in the **spiral notebook** in front of the mug. Its open page is lined and still empty.',
      ending: {
        kind: 'answered',
        facts: { ...FACTS, tokens: 34, promptTokens: 1296, cachedTokens: 1261 },
      },
    },
  ],
};
