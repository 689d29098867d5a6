import { mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { networkFileSystem, refuseNetworkFileSystem } from '../../src/store/network-file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Two folders below the root at least. */
const folder = join(realpathSync(temporaryFolder()), 'deep')
mkdirSync(folder)

describe('a network file system', () => {
  // The numbers of linux/magic.h and, where that has none, of statfs(2) and the file system's own sources.
  it.each([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0xfe534d42, 'SMB2'],
    [0x5346414f, 'AFS'],
    [0x6b414653, 'AFS'],
    [0x73757245, 'Coda'],
    [0x564c, 'NCP'],
    [0x00c36400, 'Ceph'],
    [0x0bd00bd0, 'Lustre'],
    [0x01161970, 'GFS2'],
    [0x7461636f, 'OCFS2'],
    [0xef53, null],
    [0x01021994, null],
    [0x9123683e, null],
  ])('is told by the type %i: %s', (type, name) => {
    expect(networkFileSystem(folder, () => type)).toBe(name)
  })

  it('is told for a file and a folder yet to be made', () => {
    const asked: string[] = []
    const typeOf = (path: string): number => asked.push(path) && 0x6969
    expect(networkFileSystem(`${folder}/not/yet/there.db`, typeOf)).toBe('NFS')
    expect(`${folder}/`.startsWith(`${asked[0]}/`) || asked[0]!.endsWith(folder)).toBe(true)
  })

  it.each([
    ['fuse.sshfs', 'sshfs'],
    ['fuse.rclone', 'rclone'],
    ['fuse.portal', null],
    ['fuseblk', null],
  ])('of FUSE is told by the mount: %s', (type, name) => {
    const mounts = `/dev/vda / ext4 rw 0 0\nx ${folder.replaceAll(' ', '\\040')} ${type} rw 0 0\ny ${folder}else nfs rw 0 0\n`
    const typeOf = (): number => 0x65735546
    expect(networkFileSystem(`${folder}/a.db`, typeOf, () => mounts)).toBe(name)
  })

  it.each([
    ['the deepest mount', ['/ fuse.sshfs', '/data fuse.portal', '/data/deep fuse.rclone'], 'rclone'],
    [
      'the deepest, in whatever order',
      ['/data/deep fuse.rclone', '/data fuse.portal', '/ fuse.sshfs'],
      'rclone',
    ],
    ['the root where nothing else is mounted', ['/ fuse.sshfs', '/data/deeper fuse.portal'], 'sshfs'],
    ['the later of two on one folder', ['/data fuse.sshfs', '/data fuse.juicefs'], 'juicefs'],
    ['a name with spaces', ['/data/deep fuse.sshfs', '/data/deep\\040space fuse.portal'], 'sshfs'],
    ['none where no mount holds it', ['/other fuse.sshfs', '/data/dee fuse.sshfs'], null],
    ['none where lines are cut short', ['/', ''], null],
  ])('of FUSE is that of %s', (_, mounts, name) => {
    const lines = mounts.map((mount) => `device ${mount}`).join('\n')
    const at = (path: string): string | null =>
      networkFileSystem(
        path,
        () => 0x65735546,
        () => lines.replaceAll('/data/deep', folder).replaceAll('/data', dirname(folder)),
      )
    expect(at(folder)).toBe(name)
    expect(at(`${folder}/not/yet/there.db`)).toBe(name)
  })

  it('is none where nothing can be told', () => {
    const fail = (): never => {
      throw new Error('ENOSYS')
    }
    expect(networkFileSystem(folder, fail)).toBeNull()
  })

  it('is refused with the reason', () => {
    expect(() => refuseNetworkFileSystem('x.db', () => 'NFS')).toThrow(
      /^x\.db: the file is on a network file system \(NFS\), where locks and shared memory are not reliable/,
    )
    refuseNetworkFileSystem('x.db', () => null)
    refuseNetworkFileSystem(`${folder}/x.db`)
  })
})
