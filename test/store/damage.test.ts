import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refuseDamage } from '../../src/cli/open-study.ts'
import { UserError } from '../../src/errors.ts'
import { checkStore } from '../../src/store/check-store.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { runCaptured } from '../cli/capture.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

/** A finished study of two stages, in a file without -wal beside it. */
function makeStore(name: string): string {
  const file = join(folder, name)
  const store = openWriter(file)
  const { id } = store.createStudy(newStudy())
  for (const index of [0, 1]) store.addStage(id, stage({ index, firstTrial: 30 * index, trials: 30 }))
  for (let number = 0; number < 60; number++) {
    store.startTrial(id, spec(number, { stage: Number(number >= 30) }), 'a-host', number % 2)
    const artifact = new Uint8Array(200).fill(number)
    store.finishTrial(id, number, outcome(1 / (1 + number), { artifact }), number % 20 === 0)
  }
  store.finishStudy(id, 'complete', null)
  store.close()
  return file
}

/** What `digest` and `best` say of a store; null if they are refused, as they must be with exit code 5 or 6. */
function answer(file: string): string | null {
  try {
    const reader = openReader(file)
    try {
      const study = reader.findStudy('quickstart')
      if (study === undefined) return null
      const digest = studyDigest(reader, study.id)
      const stages = reader.stages(study.id)
      refuseDamage({ reader, study, stages }, file)
      return `${digest} ${JSON.stringify(reader.bestTrials(study.id, 3))}`
    } finally {
      reader.close()
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'store') return null
    throw error
  }
}

describe('a damaged store', () => {
  it('never gives another digest or another best trial, whichever single bit was flipped', () => {
    const whole = makeStore('whole.db')
    const bytes = readFileSync(whole)
    const expected = answer(whole)
    const flipped = join(folder, 'flipped.db')
    let refused = 0
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const copy = Buffer.from(bytes)
        copy[at]! ^= 1 << bit
        writeFileSync(flipped, copy)
        const found = answer(flipped)
        if (found === null) refused++
        else expect(found).toBe(expected)
      }),
      { numRuns: 300 },
    )
    expect(refused).toBeGreaterThan(30)
  })

  it.each([
    ['its value', 'UPDATE trials SET value = value + 1e-12 WHERE number = 7', 'trial 7'],
    ['the sign of a zero', 'UPDATE trials SET value = -0.0 * 1e-300 WHERE number = 60', 'trial 60'],
    ['its params', "UPDATE trials SET params = replace(params, 'relu', 'tanh') WHERE number = 7", 'trial 7'],
    ['its number', 'UPDATE trials SET number = 99 WHERE number = 8', 'trial 99'],
    ['its state', "UPDATE trials SET state = 'waiting' WHERE number = 7", 'trial 7'],
    ['a measurement', 'UPDATE measurements SET value = 0 WHERE trial = 7 AND step = 2', 'trial 7'],
    ['a lost measurement', 'DELETE FROM measurements WHERE trial = 7 AND step = 2', 'trial 7'],
    ['what it kept', "UPDATE artifacts SET bytes = x'00' WHERE trial = 20", 'the artifact of trial 20'],
  ])('names the trial of which is wrong: %s', (what, sql, named) => {
    const file = makeStore(`${what.replaceAll(' ', '-')}.db`)
    const writer = openWriter(file)
    writer.acquireLease(1)
    writer.startTrial(1, spec(60), 'a-host')
    const zero = [{ step: 1, value: 0, metrics: {}, seconds: 0 }]
    writer.finishTrial(1, 60, outcome(0, { measurements: zero }), false)
    writer.close()
    const db = new Database(file)
    db.pragma('foreign_keys = OFF')
    expect(db.prepare(sql).run().changes).toBe(1)
    db.close()
    const findings = checkStore(file).filter(({ kind }) => kind === 'damaged-records')
    expect(findings.map(({ message }) => message).join()).toContain(named)
    expect(findings.map(({ severity }) => severity)).toEqual(['error'])
    const reader = openReader(file)
    const study = reader.latestStudy()!
    expect(() => refuseDamage({ reader, study, stages: [] }, file)).toThrow(named)
    if (!what.includes('kept')) expect(() => studyDigest(reader, 1)).toThrow('damaged')
    else expect(() => reader.artifact(1, 20)).toThrow('trial 20 of study "quickstart"')
    reader.close()
  })

  it.each([
    ['an evaluation', "UPDATE evaluations SET metrics = replace(metrics, '0.75', '0.95')"],
    ['an evaluation', 'UPDATE evaluations SET trial = 20'],
    ['the record of the folder', "UPDATE artifact_folders SET folder = 'quickstart.artifacts/20'"],
  ])('names %s that is not what was written: %s', (what, sql) => {
    const file = makeStore(`kept-${what.length}-${sql.length}.db`)
    const writer = openWriter(file)
    writer.acquireLease(1)
    const confusion = [
      [2, 0],
      [1, 1],
    ]
    writer.addEvaluation(1, {
      trial: 0,
      at: 1.5,
      part: 'test',
      examples: 4,
      metrics: { loss: 0.5, accuracy: 0.75 },
      confusion,
    })
    writer.setArtifactFolder(1, 0, 'quickstart.artifacts/0')
    writer.close()
    const read = (of: (reader: StudyReader) => unknown): unknown => {
      const reader = openReader(file)
      try {
        return of(reader)
      } finally {
        reader.close()
      }
    }
    expect(read((reader) => reader.damage(1))).toEqual([])
    const db = new Database(file)
    expect(db.prepare(sql).run().changes).toBe(1)
    db.close()
    const trial = sql.includes('trial = 20') ? 20 : 0
    expect(read((reader) => reader.damage(1))).toEqual([`${what} of trial ${trial}`])
    expect(() => read((reader) => [reader.evaluations(1), reader.artifactFolders(1)])).toThrow(
      `${what} of trial ${trial} does not match its checksum`,
    )
  })

  it.each([
    ['the record of study "quickstart"', 'UPDATE studies SET seed = 43'],
    ['the record of stage 2', "UPDATE stages SET sampler = 'tpe' WHERE stage = 1"],
  ])('refuses %s where it is not what was written', (what, sql) => {
    const file = makeStore(`record-${sql.length}.db`)
    const db = new Database(file)
    expect(db.prepare(sql).run().changes).toBe(1)
    db.close()
    const reader = openReader(file)
    expect(() => [reader.findStudy('quickstart'), reader.stages(1)]).toThrow(
      `${what} does not match its checksum`,
    )
    reader.close()
  })

  it('makes best, digest and doctor exit with 6, naming the trial', async () => {
    const file = makeStore('flipped-value.db')
    const db = new Database(file)
    db.exec('UPDATE measurements SET value = 2 WHERE trial = 33 AND step = 1')
    db.close()
    for (const command of ['best', 'digest', 'doctor']) {
      const { code, stdout, stderr } = await runCaptured([command, '--db', file])
      expect([command, code]).toEqual([command, 6])
      expect(stdout + stderr).toContain('trial 33')
    }
  })
})
