// Texts that would do harm on a careless page.  Each tries to call hostile() or to bring in an
// element that the page itself never makes.
export const PAYLOADS = [
  '<script>hostile()</script>',
  '"><script>hostile()</script>',
  "'><script>hostile()</script>",
  '</title><script>hostile()</script>',
  '</textarea><script>hostile()</script>',
  '</script><script>hostile()</script>',
  '<ScRiPt src=//example.invalid/x.js></sCrIpT>',
  '<img src=x onerror=hostile()>',
  '"><img src=x onerror=hostile()>',
  "' onerror='hostile()' x='",
  '" autofocus onfocus=hostile() x="',
  '<img src=`x` onerror=hostile()>',
  '<svg onload=hostile()>',
  '<svg><script>hostile()</script></svg>',
  '<svg><animate onbegin=hostile() attributeName=x dur=1s>',
  '<svg><a xlink:href="javascript:hostile()"><text y=20>x</text></a></svg>',
  '<math><mi xlink:href="javascript:hostile()">x</mi></math>',
  '<iframe src="javascript:hostile()"></iframe>',
  '<iframe srcdoc="<script>parent.hostile()</script>"></iframe>',
  '<object data="javascript:hostile()"></object>',
  '<embed src="javascript:hostile()">',
  '<base href="//example.invalid/">',
  '<link rel=stylesheet href="//example.invalid/x.css">',
  '<meta http-equiv=refresh content="0;url=javascript:hostile()">',
  '<form action="javascript:hostile()"><input type=submit></form>',
  '<button formaction="javascript:hostile()">x</button>',
  '<details open ontoggle=hostile()>',
  '<video><source onerror=hostile()></video>',
  '<audio src=x onerror=hostile()>',
  '<marquee onstart=hostile()>x</marquee>',
  '<body onload=hostile()>',
  '<x-hostile contenteditable onblur=hostile() tabindex=1>x</x-hostile>',
  '<style>@import "//example.invalid/x.css";</style>',
  '<div style="background:url(javascript:hostile())">x</div>',
  '<template><script>hostile()</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=hostile()>">',
  'javascript:hostile()',
  'JaVaScRiPt:hostile()//',
  'data:text/html,<script>hostile()</script>',
  '{{constructor.constructor("hostile()")()}}',
  '${hostile()}',
  '#{hostile()}',
  '{@html "<x-hostile></x-hostile>"}',
  '`-hostile()-`',
  "');hostile();//",
  '"-hostile()-"',
  '\\"-hostile()}//',
  '&lt;script&gt;hostile()&lt;/script&gt;',
  '&#60;img src=x onerror=hostile()&#62;',
  '%3Cscript%3Ehostile()%3C/script%3E',
  '\\u003cscript\\u003ehostile()\\u003c/script\\u003e',
  '<!--<img src="--><img src=x onerror=hostile()>">',
  '<![CDATA[<img src=x onerror=hostile()>]]>',
  '<a href="javascript:hostile()">x</a>',
  '<x-hostile/onmouseover=hostile()>',
  "' OR '1'='1' --",
  "'; SELECT 1; --",
  '") OR 1=1 --',
  '\u202eevil\u202c <x-hostile></x-hostile> \u2028\u2029',
  'a\tb\u0007c\u001b[31m<x-hostile></x-hostile>',
];

// Watches for hostile() from before the page begins.
export async function guard(page) {
  await page.addInitScript(() => {
    window.hostileCalls = 0;
    window.hostile = () => window.hostileCalls++;
  });
}

// What of it came to life: calls, and elements and attributes that the page itself never makes.
export function harm(page) {
  return page.evaluate(() => {
    const bad =
      'img,iframe,object,embed,base,math,video,audio,marquee,template,x-hostile,' +
      'form[action],[formaction],[contenteditable]:not(.cm-content),animate,a[href^="javascript" i]';
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap((e) => e.shadowRoot ?? [])];
    const found = roots.flatMap((root) => [
      ...[...root.querySelectorAll(bad)].map((e) => e.outerHTML.slice(0, 120)),
      ...[...root.querySelectorAll('body *')]
        .filter((e) => [...e.attributes].some((a) => a.name.startsWith('on')))
        .map((e) => e.outerHTML.slice(0, 120)),
      ...[...root.querySelectorAll('script')]
        .filter((e) => !e.src.startsWith(`${location.origin}/assets/`))
        .map((e) => e.outerHTML.slice(0, 120)),
    ]);
    return window.hostileCalls ? [`hostile() ran ${window.hostileCalls} times`, ...found] : found;
  });
}
