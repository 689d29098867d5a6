import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { networkFileSystem, refuseNetworkFileSystem } from '../../src/store/network-file-system.ts'

const folder = tmpdir()

describe('a network file system', () => {
  it.each([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0xef53, null],
    [0x01021994, null],
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

  it('is none where nothing can be told', () => {
    const fail = (): never => {
      throw new Error('ENOSYS')
    }
    expect(networkFileSystem(folder, fail)).toBeNull()
  })

  it('is refused with the reason', () => {
    expect(() => refuseNetworkFileSystem('x.db', () => 'NFS')).toThrow(
      /^x\.db: the file lies on a network file system \(NFS\), where locks and shared memory are not reliable/,
    )
    refuseNetworkFileSystem('x.db', () => null)
  })
})
