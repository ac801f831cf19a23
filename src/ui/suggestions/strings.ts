// The suggested questions about pictures and after answers. The page asks the model these exact words.

const english = () => ({
  title: 'Suggested questions',
  tooHard:
    'The built-in model knows drawn shapes, road signs and gauges; it reads no photos, texts, charts or screens.',
  larger: 'Look at larger models',
  about: {
    photo: [
      'What is in this picture?',
      'Locate the main objects in this picture.',
      'Read any text in this picture.',
    ],
    drawing: [
      'What does this picture show?',
      'Locate the main parts of this picture.',
      'Read any text in this picture.',
    ],
    document: [
      'Read the text in this picture.',
      'What is this document about?',
      'List its dates and amounts in a table.',
    ],
    chart: [
      'What does this chart show?',
      'Read the values of this chart into a table.',
      'Which value is the highest, and which is the lowest?',
    ],
    screen: [
      'What is shown on this screen?',
      'Read the text on this screen.',
      'Locate the buttons on this screen.',
    ],
    part: ['What is this?', 'Read the text in this part.', 'Describe this part in detail.'],
    two: [
      'What changed between the two pictures?',
      'What do the two pictures have in common?',
      'Describe each picture in one sentence.',
    ],
    several: [
      'Describe each of them in one sentence.',
      'What do they have in common?',
      'Which one does not fit the others?',
    ],
    clip: [
      'What happens in this clip?',
      'When does it happen? Give the times.',
      'What is different at the end from the start?',
    ],
  },
  builtIn: {
    photo: [],
    drawing: [
      'What do you see in this picture?',
      'How many shapes are there?',
      'Which road sign am I looking at?',
    ],
    document: [],
    chart: [],
    screen: [],
    part: ['What do you see in this picture?'],
    two: [
      'What changed between the two pictures?',
      'Are the two pictures the same?',
      'How many shapes are in the first picture?',
    ],
    several: [],
    clip: [
      'Which way does the ball move?',
      'What colour is the ball at the start?',
      'What colour is the ball at the end?',
    ],
  } as Record<Subjects, string[]>,
  after: {
    boxes: [
      'How many of them are there?',
      'Describe each of them in one sentence.',
      'What else is in the picture?',
    ],
    table: [
      'Sum this table up in one sentence.',
      'Which row stands out, and why?',
      'Which of these values were hard to read?',
    ],
    nothing: ['What is in the picture instead?', 'Describe the picture.', 'How sure are you?'],
    text: ['Say it in one sentence.', 'What else is worth noticing?', 'How sure are you, and why?'],
  },
});

type Subjects = 'photo' | 'drawing' | 'document' | 'chart' | 'screen' | 'part' | 'two' | 'several' | 'clip';
export type SuggestionStrings = ReturnType<typeof english>;

const chinese = (): SuggestionStrings => ({
  title: '建议的问题',
  tooHard: '内置模型认识简单图形、路标和指针仪表，不会看照片、文字、图表或屏幕。',
  larger: '查看更大的模型',
  about: {
    photo: ['图片里有什么？', '定位图片中的主要物体。', '读出图片中的文字。'],
    drawing: ['这张图画的是什么？', '定位图中的主要部分。', '读出图片中的文字。'],
    document: ['读出图片中的文字。', '这份文件讲的是什么？', '把其中的日期和金额列成表格。'],
    chart: ['这张图表说明了什么？', '把图表中的数值读成表格。', '哪个数值最高，哪个最低？'],
    screen: ['屏幕上显示的是什么？', '读出屏幕上的文字。', '定位屏幕上的按钮。'],
    part: ['这是什么？', '读出这部分的文字。', '详细描述这个局部。'],
    two: ['两张图片之间有什么变化？', '两张图片有什么共同点？', '用一句话描述每张图片。'],
    several: ['用一句话分别描述它们。', '它们有什么共同点？', '哪一个与其他的不同？'],
    clip: ['短片里发生了什么？', '是什么时候发生的？请给出时间。', '结尾和开头有什么不同？'],
  },
  builtIn: {
    photo: [],
    drawing: ['描述一下这张照片', '图中有几个图形？', '这是什么标志？'],
    document: [],
    chart: [],
    screen: [],
    part: ['描述一下这张照片'],
    two: ['什么变了？', '两张图一样吗？', '第一张图有几个图形？'],
    several: [],
    clip: ['球往哪个方向移动？', '球一开始是哪种颜色？', '球最后是哪种颜色？'],
  },
  after: {
    boxes: ['一共有几个？', '用一句话分别描述它们。', '图片里还有什么？'],
    table: ['用一句话概括这张表。', '哪一行最突出，为什么？', '哪些数值看不清楚？'],
    nothing: ['那图片里有什么？', '描述一下图片。', '你有多大把握？'],
    text: ['用一句话说明。', '还有什么值得注意？', '你有多大把握，为什么？'],
  },
});

export const en = english();
export const zh = chinese();
