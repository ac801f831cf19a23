// What the page says about keeping photos here.

export const en = {
  unprotectedTitle: 'Not started',
  unprotected:
    'This page keeps photos on your device by a policy that the browser enforces. Here that policy is not in force, so the page does not start.',
  whatToDo:
    'Its host does not send the policy, and this browser lets no service worker add it. A current browser outside of a private window, or the host’s operator, can help.',
  reason: 'Details',
};

export const zh: typeof en = {
  unprotectedTitle: '未启动',
  unprotected: '本页面依靠浏览器强制执行的策略，让照片留在您的设备上。目前该策略没有生效，因此页面没有启动。',
  whatToDo:
    '主机没有发送该策略，而此浏览器也不允许 Service Worker 补上它。请换用较新的浏览器（不要使用无痕窗口），或联系网站运营者。',
  reason: '详情',
};
