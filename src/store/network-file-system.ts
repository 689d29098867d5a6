import { existsSync, readFileSync, realpathSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { STORE_OPTION } from './store-error.ts'

/** Magic numbers of statfs(2) that mean another machine may hold the file. */
const NETWORK_TYPES: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  1397113167: 'AFS',
  1799439955: 'AFS',
  1937076805: 'Coda',
  22092: 'NCP',
  12805120: 'Ceph',
  198183888: 'Lustre',
  18225520: 'GFS2',
  1952539503: 'OCFS2',
}
const FUSE = 0x65735546

/** FUSE alone says nothing: local disks (NTFS), containers and networks use it. These are networks. */
const NETWORK_FUSE =
  /^fuse\.(sshfs|s3fs|rclone|goofys|gcsfuse|davfs|glusterfs|ceph|curlftpfs|smbnetfs|juicefs|mfs)/

/** The name of the network file system a path lies on; null if it is local or unknown. */
export function networkFileSystem(
  path: string,
  typeOf: (path: string) => number = (existing) => statfsSync(existing).type,
  mounts: () => string = () => readFileSync('/proc/self/mounts', 'utf8'),
): string | null {
  try {
    const existing = nearestExisting(path)
    const type = typeOf(existing) >>> 0
    if (type !== FUSE) return NETWORK_TYPES[type] ?? null
    const mounted = mountType(existing, mounts())
    return mounted !== null && NETWORK_FUSE.test(mounted) ? mounted.slice('fuse.'.length) : null
  } catch {
    return null
  }
}

/** @throws UserError('store') with the reason, if the file would lie on a network file system. */
export function refuseNetworkFileSystem(
  file: string,
  find: (path: string) => string | null = networkFileSystem,
): void {
  const name = find(file)
  if (name === null) return
  throw new UserError(
    'store',
    `${file}: the file is on a network file system (${name}), where locks and shared memory are not reliable: a running study would eventually damage the store`,
    {
      hint: 'A finished store may be copied anywhere. Until then, keep it on a local disk',
      option: STORE_OPTION,
    },
  )
}

function nearestExisting(path: string): string {
  let at = resolve(path)
  while (!existsSync(at)) at = dirname(at)
  return realpathSync(at)
}

/** The type of the deepest mount that holds the path; lines are `device mountpoint type options 0 0`. */
function mountType(path: string, mounts: string): string | null {
  let found: { readonly point: string; readonly type: string } | null = null
  for (const line of mounts.split('\n')) {
    const [, escaped, type] = line.split(' ')
    if (escaped === undefined || type === undefined) continue
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    const holds = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`)
    if (holds && (found === null || point.length >= found.point.length)) found = { point, type }
  }
  return found?.type ?? null
}
