// Strings for installing the page as an app.

export const en = {
  title: 'As an app on this device',
  why: 'Installed, it opens in a window of its own, also without a network, and the browser keeps its models. On phones other apps can share pictures with it.',
  install: 'Install Darkroom',
  ways: {
    installed: 'It is installed on this device.',
    ios: 'On an iPhone or iPad: tap Share in Safari, then “Add to Home Screen”.',
    safari: 'In Safari: File menu, then “Add to Dock”.',
    'firefox-phone': 'In Firefox on Android: open the menu, then “Add app to Home screen”.',
    menu: 'Open the browser’s menu and look for “Install” or “Add to Home screen”.',
    none: 'This browser cannot install web pages. Chrome, Edge and Safari can; bookmark this page meanwhile.',
  },
};

export const zh: typeof en = {
  title: '作为应用安装到本设备',
  why: '安装后，它会在独立的窗口中打开，没有网络也能用，浏览器还会保留它的模型。在手机上，其他应用可以把图片分享给它。',
  install: '安装 Darkroom',
  ways: {
    installed: '本设备上已安装。',
    ios: '在 iPhone 或 iPad 上：在 Safari 中点“分享”，再点“添加到主屏幕”。',
    safari: '在 Safari 中：打开“文件”菜单，选择“添加到程序坞”。',
    'firefox-phone': '在安卓版 Firefox 中：打开菜单，选择“将应用添加到主屏幕”。',
    menu: '打开浏览器菜单，找到“安装”或“添加到主屏幕”。',
    none: '此浏览器不能安装网页。Chrome、Edge 和 Safari 可以；您也可以先把本页加入书签。',
  },
};
