import { type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** As they came. */
  readonly bytes: Buffer
}

/** A request by node:http: `fetch` would set Host itself. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        const bytes = Buffer.concat(pieces)
        const { headers, statusCode } = response
        resolve({ status: statusCode!, headers, bytes, text: bytes.toString('utf8') })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Listens to a stream of events until `enough` says so. */
export function listen(
  port: number,
  path: string,
  enough: (text: string) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        if (!enough(text)) return
        sent.destroy()
        resolve(text)
      })
      response.on('end', () => resolve(text))
      response.on('error', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end()
  })
}
