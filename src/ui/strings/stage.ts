// Looking at a picture: zoom, what the answer points at, a part to ask about.

const english = () => ({
  stage: 'Picture',
  tools: 'Tools of the picture',
  howTo: 'Plus and minus zoom, arrow keys move, 0 shows the whole picture.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Whole picture',
  enlarge: 'Large view',
  shrink: 'Leave the large view',
  marks: 'What the answer points at',
  showMarks: 'Show what the answer points at',
  mark: (number: number, label: string) => `${number}: ${label}`,
  askPart: 'Ask about a part',
  part: 'Part to ask about',
  partHowTo:
    'Drag over the picture. With the keyboard: arrow keys move the frame, with Shift they change its size, Enter takes it, Escape leaves.',
  takePart: 'Take this part',
  cancelPart: 'Cancel',
  partPlace: (left: number, top: number, right: number, bottom: number) =>
    `from ${left} % across and ${top} % down to ${right} % and ${bottom} %`,
  pictures: 'All pictures',
  size: (width: number, height: number) => `${width} × ${height} pixels`,
});

const chinese = (): ReturnType<typeof english> => ({
  stage: '图片',
  tools: '图片工具',
  howTo: '加号和减号缩放，方向键移动，0 显示整张图片。',
  zoomIn: '放大',
  zoomOut: '缩小',
  fit: '整张图片',
  enlarge: '大图',
  shrink: '退出大图',
  marks: '回答所指之处',
  showMarks: '显示回答所指之处',
  mark: (number: number, label: string) => `第 ${number} 处：${label}`,
  askPart: '就局部提问',
  part: '要提问的局部',
  partHowTo: '在图片上拖动。用键盘时：方向键移动选框，按住 Shift 调整大小，回车确认，Esc 退出。',
  takePart: '选用此局部',
  cancelPart: '取消',
  partPlace: (left: number, top: number, right: number, bottom: number) =>
    `从横向 ${left}%、纵向 ${top}% 到横向 ${right}%、纵向 ${bottom}%`,
  pictures: '所有图片',
  size: (width: number, height: number) => `${width} × ${height} 像素`,
});

export const en = english();
export const zh = chinese();
