// One or two sentences for each failure code, which say what happened, which data is kept, and what the user can do.
// The page shows the technical message behind "Details", in English.

import type { FailureCode } from '../../failure.ts';

type Failures = Record<FailureCode, string>;

export const en: Failures = {
  'bad-manifest':
    'The description of this model cannot be read, so it was not used. Nothing on this device changed. Try another address, or report this to the site that hosts it.',
  'newer-format':
    'This model was packed for a newer version of this page. What is stored here still works. Reload the page to update it, then try again.',
  'endless-model':
    'This model is broken: its chat template or its tokenizer never finishes, so the page stopped it. Your question is kept, and other models work. Choose another one, or remove this one in the library.',
  'bad-checkpoint':
    'These files hold a model that this page does not know. Nothing was stored. Qwen3-VL models work, dense or mixture-of-experts.',
  'corrupt-shard':
    'A part of the model is damaged and was not used. Everything else is kept. Try again: only that part is fetched again.',
  'missing-file':
    'A part of the model is missing. Everything else is kept. Check the address, or repair the model in the library.',
  'storage-full':
    'There is no free space left on this device. What has been downloaded is kept. Remove a model or free some space, then go on.',
  'storage-failed':
    'The browser could not store or read the model. What was stored before is kept. Reload the page and try again.',
  network:
    'The connection broke or the host does not answer. What has arrived is kept. Check the connection and go on where it stopped.',
  stalled:
    'The connection is open, but no more data arrives. What has arrived is kept. Go on in a while; the download continues where it stopped.',
  'short-body':
    'A part of the model arrived incomplete and was not stored. The rest is kept. Try again to fetch that part.',
  'web-page':
    'The host sent a web page instead of the model. Nothing was stored. Perhaps this network asks you to log in first. Do that, then go on.',
  forbidden:
    'The host asks for a log-in or for the acceptance of a licence, which this page cannot do. Nothing was stored. Download the files yourself and add them from a folder.',
  'host-blocked':
    'This page may fetch models only from the hosts that its operator named, and this one is not among them. Nothing was fetched. Files that you downloaded yourself can be added instead.',
  redirected:
    'The address redirects to another host, which this page may not use. Nothing was fetched from there. If you trust that host, use its own address.',
  'no-range':
    'This host cannot send parts of a file, which large models need. Nothing was lost. Use another mirror, or download the files and add them from a folder.',
  'wrong-range':
    'The host sent a different part of the file from the one that the page asked for, so it was not used. What was verified is kept. Try again or use another mirror.',
  'changed-file':
    'The model was changed at its source in the meantime. Remove what is stored of it, then start again.',
  'unreadable-file':
    'This file cannot be read: it was moved, deleted or changed after it was chosen. Everything else is kept. Choose it again.',
  'files-needed':
    'This model came from files on this computer. What has been read is kept. Choose the same files again to go on.',
  busy: 'Another tab is working on this model. Nothing is lost. Wait until it is done, or close that tab.',
  'no-model': 'No model is chosen yet. Your question is kept. Choose one in the library.',
  'bad-conversation':
    'This file is not a conversation that was saved here, or it is damaged. Nothing changed. Choose a .json file that was exported from this page.',
  'bad-photo': 'Damaged: this cannot be opened. Copy or download it again, or use another copy of it.',
  'empty-file':
    'Empty: there is nothing in it. It may not have been copied or downloaded completely; get it again.',
  'heic-photo':
    'This browser cannot open HEIC photos, as iPhones take them. To get a JPEG: on a Mac, open it in Preview and choose Export; on Windows, open it in Photos and choose Save as. For new photos, choose Settings, Camera, Formats, “Most Compatible” on the iPhone.',
  'tiff-picture':
    'This browser cannot open TIFF pictures and RAW files of cameras. Save them as JPEG or PNG with a picture program.',
  'svg-drawing': 'This page cannot open SVG drawings. Export them as PNG, or take a screenshot.',
  'pdf-file':
    'This page cannot open PDF documents. Take a screenshot of the page that you want to ask about, or export that page as PNG or JPEG.',
  'office-file':
    'This page cannot open documents of Word, Excel, PowerPoint and such programs. Take a screenshot of the page that you want to ask about.',
  'text-file':
    'Text, not a picture. If it comes from a website, save the picture itself there; you can also paste text into your question.',
  'not-a-picture':
    'Not a picture that this page can read. JPEG, PNG, WebP, AVIF and GIF pictures work, and MP4 and WebM clips.',
  'pixels-withheld':
    'This browser changes the pictures that a page reads, to protect you from being recognised, so the model would see noise. Allow this page to read canvas data (look for a picture symbol beside the address, or for “resist fingerprinting” in the settings), then reload it, or use another browser.',
  'photo-too-large': 'Too many pixels to be opened safely. Use a smaller copy.',
  'photo-too-narrow':
    'More than 200 times as long as wide: the model cannot read such a picture. Use a part of it.',
  'bad-clip':
    'Damaged, or there is no moving picture in it. WebM and MP4 files, GIF and animated WebP pictures work.',
  'unplayable-clip':
    'This browser cannot play this kind of clip, for instance HEVC from a phone. Save the clip as MP4 with H.264 or as WebM, or try another browser.',
  'unplayable-animation':
    'This browser shows pages only the first frame of an animated picture. Save it as a video (WebM or MP4), or try another browser.',
  'clip-too-long':
    'Longer than 5 minutes or larger than 200 MB. Cut out the part that you want to ask about.',
  'prompt-too-long':
    'The conversation and its pictures are longer than this model can take in. Everything is kept. Remove a picture or clip, lower the picture detail, or begin a new conversation.',
  'question-too-long':
    'The text is longer than this model can take in, even without a picture. Your question is kept: shorten it, or begin a new conversation.',
  'not-numbers':
    'The model’s results are not numbers, so there is no answer. Your question is kept. Ask again, choose “Processor” in the settings, or use another model; if it happens there too, this model is broken.',
  'no-webgpu':
    'This browser or device offers no WebGPU. Your question is kept. In the settings, let models run on the processor; that is slower.',
  'gpu-too-limited':
    'The graphics processor of this device cannot run this model: its programs reach too few pieces of memory at once. The conversation is kept. Choose a model without experts in the library, or let the processor answer: see the settings.',
  'too-large-for-processor':
    'Without a graphics processor, a browser can give a model 4 GB of memory at most, and this one needs more. It was not loaded, and the conversation is kept. Choose a model in the library that fits this device, or use a browser with WebGPU. The details say how much memory this one needs.',
  'out-of-memory':
    'This device has too little memory for that. The conversation is kept. Close other tabs, use fewer or smaller pictures, or choose a smaller model.',
  'device-lost':
    'The graphics processor stopped. The conversation is kept. Ask again: the page loads the model again.',
  'device-unstable':
    'The graphics processor stopped three times within five minutes, so it is left alone for now. The conversation is kept. Close other pages that use it, choose a smaller model, or let the processor answer instead.',
  'worker-died':
    'The model stopped unexpectedly. The conversation is kept. Ask again: the page starts it again.',
  'no-answer':
    'A part of this page does not answer, so no picture was taken. It did not start, or this device is very busy. Nothing is lost. Wait a moment and try again; if that does not help, reload the page: the conversation goes on.',
  'not-loaded':
    'A part of this page could not be loaded: its site has a newer version by now, or the connection is gone. Nothing is lost. Reload the page when there is a connection: the conversation goes on.',
  'changed-program':
    'A file of the program that computes answers is not the one that this page was built with, so it was not run; the details name it. The conversation is kept. Reload the page and try again. If this stays, tell the operator of the site.',
  unprotected:
    'The part of the page that reads photos is not under the policy that keeps them here, so it took none. The conversation is kept. Reload the page and ask again.',
  'bad-request': 'This could not be done as it was asked for. Nothing changed. Change it and try again.',
  bug: 'Something went wrong that should not have. What is stored is kept. Try again; the details below help to find the fault.',
};

export const zh: Failures = {
  'bad-manifest':
    '无法读取该模型的说明文件，因此没有使用它。本设备上的内容没有变化。请换一个地址，或告知发布者。',
  'newer-format': '该模型是为本页面的更新版本打包的。已保存的内容仍可使用。请刷新页面以更新，然后重试。',
  'endless-model':
    '此模型有问题：它的对话模板或分词器无法结束，因此已被停止。您的问题已保留，其他模型可以正常使用。请选择其他模型，或在模型库中移除此模型。',
  'bad-checkpoint':
    '这些文件中的模型本页面无法识别，没有保存任何内容。支持 Qwen3-VL 模型（稠密或混合专家）。',
  'corrupt-shard': '模型的一部分已损坏，没有使用。其余部分都保留着。请重试：只会重新下载这一部分。',
  'missing-file': '模型缺少一部分。已有的内容都保留着。请检查地址，或在模型库中修复该模型。',
  'storage-full': '本设备的空间已满。已下载的部分都保留着。请删除一个模型或腾出空间，然后继续。',
  'storage-failed': '浏览器无法保存或读取模型。之前保存的内容都保留着。请刷新页面后重试。',
  network: '连接中断，或对方没有响应。已下载的部分都保留着。请检查网络，然后从中断处继续。',
  stalled: '连接仍在，但已没有数据传来。已下载的部分都保留着。请稍后继续，会从中断处接着下载。',
  'short-body': '模型的一部分没有完整到达，因此没有保存。其余部分都保留着。请重试以重新下载这一部分。',
  'web-page': '收到的是网页而不是模型，没有保存任何内容。当前网络可能需要先登录。登录后请继续。',
  forbidden:
    '发布处要求登录或接受许可协议，本页面无法代办。没有保存任何内容。请自行下载文件，再从文件夹添加。',
  'host-blocked':
    '本页面只能从运营者指定的主机获取模型，而该主机不在其中。没有获取任何内容。您可以改为添加自己下载好的文件。',
  redirected:
    '该地址转向了另一台未经允许的主机，没有从那里获取任何内容。如果您信任那台主机，请直接使用它的地址。',
  'no-range':
    '该服务器不能发送文件的一部分，而大模型需要这一功能。没有丢失任何内容。请换一个镜像，或下载文件后从文件夹添加。',
  'wrong-range': '服务器发来的不是所请求的那一部分，没有使用。已校验的内容都保留着。请重试或换一个镜像。',
  'changed-file': '模型在来源处已被更改。请先删除本设备上的这一模型，然后重新开始。',
  'unreadable-file': '无法读取此文件：选择之后，它被移动、删除或修改了。其他内容都保留着。请重新选择该文件。',
  'files-needed': '该模型来自本机的文件。已读取的部分都保留着。请再次选择同样的文件以继续。',
  busy: '另一个标签页正在处理这个模型。没有丢失任何内容。请等它完成，或关闭那个标签页。',
  'no-model': '还没有选择模型。您的问题已保留。请在模型库中选择一个。',
  'bad-conversation': '该文件不是在这里保存的对话，或已损坏。没有任何变化。请选择从本页面导出的 .json 文件。',
  'bad-photo': '已损坏，无法打开。请重新复制或下载，或使用另一份副本。',
  'empty-file': '空文件，没有任何内容。它可能没有完整复制或下载，请重新获取。',
  'heic-photo':
    '此浏览器无法打开 iPhone 拍摄的 HEIC 照片。要得到 JPEG：在 Mac 上用“预览”打开后选择“导出”；在 Windows 上用“照片”打开后选择“另存为”。以后拍摄时，可在 iPhone 的“设置 › 相机 › 格式”中选择“兼容性最佳”。',
  'tiff-picture': '此浏览器无法打开 TIFF 图片和相机的 RAW 文件。请用图片软件打开，再另存为 JPEG 或 PNG。',
  'svg-drawing': '本页面无法打开 SVG 矢量图。请将其导出为 PNG，或截图。',
  'pdf-file': '本页面无法打开 PDF 文档。请对要提问的那一页截图，或将它导出为 PNG 或 JPEG。',
  'office-file': '本页面无法打开 Word、Excel、PowerPoint 一类的文档。请对要提问的那一页截图。',
  'text-file': '内容是文字，不是图片。如果它是从网站保存的，请保存图片本身；也可以把文字粘贴到问题中。',
  'not-a-picture': '不是本页面能读取的图片。支持 JPEG、PNG、WebP、AVIF 和 GIF 图片，以及 MP4 和 WebM 短片。',
  'pixels-withheld':
    '为防止您被识别，此浏览器会改动网页读取的图片，模型看到的只会是噪点。请允许本页面读取画布数据（查看地址栏旁的图片图标，或设置中的“抵御指纹识别”），然后重新加载，或换一个浏览器。',
  'photo-too-large': '像素太多，无法安全打开。请使用较小的副本。',
  'photo-too-narrow': '长度超过宽度的 200 倍，模型无法读取。请使用其中的一部分。',
  'bad-clip': '已损坏，或其中没有活动画面。支持 WebM 和 MP4 文件、GIF 和 WebP 动图。',
  'unplayable-clip':
    '此浏览器无法播放这种短片，例如手机拍摄的 HEVC 视频。请将短片另存为 H.264 编码的 MP4 或 WebM，或换一个浏览器。',
  'unplayable-animation':
    '此浏览器只让网页读取动图的第一帧。请将动图另存为视频（WebM 或 MP4），或换一个浏览器。',
  'clip-too-long': '超过 5 分钟，或大于 200 MB。请截取要提问的部分。',
  'prompt-too-long':
    '对话和图片超出了该模型能容纳的长度。所有内容都保留着。请移除一张图片或一段短片、降低图片细节，或开始新的对话。',
  'question-too-long':
    '文字太多，即使没有图片，也超出了该模型能容纳的长度。您的问题已保留：请缩短，或开始新的对话。',
  'not-numbers':
    '模型计算出的结果不是有效数字，无法形成回答。您的问题已保留。请重新提问，在设置中选择“处理器”，或改用其他模型；如果仍然如此，则此模型已损坏。',
  'no-webgpu': '此浏览器或设备不支持 WebGPU。您的问题已保留。请在设置中改用处理器运行模型，只是较慢。',
  'gpu-too-limited':
    '本设备的图形处理器无法运行这个模型：它的程序一次能访问的内存块太少。对话已保留。请在模型库中选择不含专家的模型，或在设置中改用处理器回答。',
  'too-large-for-processor':
    '没有图形处理器时，浏览器最多只能给模型 4 GB 内存，而这个模型需要更多。没有加载它，对话已保留。请在模型库中选择适合本设备的模型，或使用支持 WebGPU 的浏览器。所需内存见详情。',
  'out-of-memory': '本设备内存不足。对话已保留。请关闭其他标签页，使用更少或更小的图片，或选择更小的模型。',
  'device-lost': '图形处理器停止了工作。对话已保留。请再问一次：模型会重新加载。',
  'device-unstable':
    '图形处理器在五分钟内停止了三次，因此暂时不再使用它。对话已保留。请关闭其他占用它的页面、选择较小的模型，或改用处理器回答。',
  'worker-died': '模型意外停止了。对话已保留。请再问一次：它会重新启动。',
  'no-answer':
    '页面的一部分没有响应，因此没有读取任何照片。它可能没有启动，或者设备正忙。没有丢失任何内容。请稍后重试；如果仍然不行，请重新加载页面：对话会继续。',
  'not-loaded':
    '本页面的一部分无法加载：网站上已有新版本，或网络已断开。没有丢失任何内容。有网络时请重新加载页面：对话会继续。',
  'changed-program':
    '计算回答的程序中有一个文件与本页面构建时的不同，因此没有运行它；文件名见详情。对话已保留。请重新加载页面后重试。如果仍然如此，请告知网站运营者。',
  unprotected:
    '页面中读取照片的部分没有受到“照片留在本机”策略的约束，因此没有读取任何照片。对话已保留。请重新加载页面后再提问。',
  'bad-request': '无法按要求完成。没有任何变化。请修改后重试。',
  bug: '发生了不该发生的错误。已保存的内容都保留着。请重试；下方的详细信息有助于查明原因。',
};
