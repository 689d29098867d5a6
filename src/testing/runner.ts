/** The functions of a test runner that the suites call: those of `node:test`, or `{ test, after: afterAll }` of Vitest. */
export interface TestRunner {
  /** Registers a test. */
  test(name: string, run: () => void | Promise<void>): unknown
  /** Registers what is run once after all tests of the file. */
  after(run: () => void | Promise<void>): unknown
}
