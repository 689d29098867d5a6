/** A name that a rule can hold as it is; others stand in backticks. */
export const BARE_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

const PARAMETER_NAME = /^[\p{L}_][\p{L}\p{N}_.-]{0,79}$/u

/** Whether this is a valid parameter name, in a study file and in code. */
export function isParameterName(name: string): boolean {
  return PARAMETER_NAME.test(name) && name !== '__proto__'
}

/** What parameters can be called, for the sentence that refuses another name. */
export const PARAMETER_NAME_RULE =
  'Names begin with a letter or "_", contain only letters, digits, "_", "-" and ".", and are at most 80 characters long.'
