import { chromium } from '@playwright/test';
import { serveBuiltApp } from '/work/wt/page/tools/build/built-app.ts';
const app = await serveBuiltApp();
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-dev-shm-usage','--enable-unsafe-webgpu']});
const c = await b.newContext({ locale: 'en', serviceWorkers: 'block' });
const page = await c.newPage();
const t0 = Date.now();
c.on('request', r => { if (/ort[-.]|kernels|inference/.test(r.url())) console.log(Date.now()-t0, 'req', r.url()); });


await page.route('**/assets/inference.worker-*.js', async (route) => {
  const response = await route.fetch();
  const renamed = `Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => ({vendor:'a',architecture:'card',device:'',description:'',isFallbackAdapter:false}) });\n`;
  await route.fulfill({ response, body: renamed + (await response.text()) });
});
await page.goto(app.origin);
await page.getByRole('textbox', { name: 'Question', exact: true }).fill('Hello');
await page.getByRole('button', { name: 'Ask', exact: true }).click();
await page.getByText(/^Took /).waitFor();
console.log("answered"); await page.screenshot({path:"/tmp/page-cpu.png"});
for (let i=0;i<120;i++){ const t = await page.getByRole('button', { name: /^Built-in model/ }).innerText(); console.log(Date.now()-t0, t.replace(/\n/g,' ')); if (/graphics/.test(t)) break; await new Promise(r=>setTimeout(r,3000)); }
await page.screenshot({path:"/tmp/page-gpu.png"}); await b.close(); await app.stop();
