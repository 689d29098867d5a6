import { escapeText, jsonForScript } from '../escape.ts'
import { PAGE_STYLE } from './style.ts'

/** Where the page's own style and script may come from: hashes for a file, a nonce for a server. */
export interface PagePolicy {
  /** The attribute for style and script elements: empty, or ` nonce="..."`. */
  readonly attribute: string
  /** The policy as a meta element; empty where a server sends it as a header. */
  readonly meta: string
}

export interface PageParts {
  readonly title: string
  /** The complete HTML of the body, but scripts. */
  readonly body: string
  /** What the script works on. */
  readonly data: unknown
  /** The bundled script. */
  readonly script: string
}

export { PAGE_STYLE }

/** A whole page in one file: style, pictures, data and script are inside. */
export function pageDocument(
  { title, body, data, script }: PageParts,
  { attribute, meta }: PagePolicy,
): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    ...(meta === '' ? [] : [meta]),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeText(title)}</title>`,
    `<style${attribute}>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    body,
    `<script type="application/json" id="data">${jsonForScript(data)}</script>`,
    `<script${attribute}>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** The policy of a report: nothing from outside, and of style and script only these. */
export function reportPolicy(scriptHash: string, styleHash: string): PagePolicy {
  const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`
  return { attribute: '', meta: `<meta http-equiv="Content-Security-Policy" content="${policy}">` }
}
