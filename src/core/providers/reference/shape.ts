/**
 * The forms of claim values, and the forms that several platforms share. `fits-shape.ts` in
 * `analysis/lint` compares rules with them.
 */

export type Shape =
  /** Begins with one of these and continues. `whole` applies to values without a star. */
  | {
      readonly kind: 'starts'
      readonly starts: readonly string[]
      readonly is: string
      readonly whole?: RegExp
    }
  | { readonly kind: 'starts_otherwise'; readonly never: readonly string[]; readonly is: string }
  /** Contains only these characters. */
  | {
      readonly kind: 'characters'
      readonly one: RegExp
      readonly is: string
      readonly whole?: RegExp
    }
  /** Names separated by "/", in this number. `name` applies to a name without a star. */
  | {
      readonly kind: 'path'
      readonly least: number
      readonly most: number
      readonly is: string
      readonly name?: RegExp
      readonly whole?: RegExp
    }
  /**
   * One of these values. If open, the platform may add values, so only misspellings of these are
   * reported.
   */
  | { readonly kind: 'one_of'; readonly values: readonly string[]; readonly isOpen: boolean }

export const DIGITS: Shape = {
  kind: 'characters',
  one: /^[0-9]$/,
  whole: /^(?:0|[1-9][0-9]*)$/,
  is: 'a number in decimal digits, such as 4411',
}
export const UUID: Shape = {
  kind: 'characters',
  one: /^[0-9a-f-]$/,
  whole: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  is: 'a UUID in lower case',
}
export const COMMIT: Shape = {
  kind: 'characters',
  one: /^[0-9a-f]$/,
  whole: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  is: 'a whole commit id in lower case',
}
export const FULL_REF: Shape = {
  kind: 'starts',
  starts: ['refs/heads/', 'refs/tags/', 'refs/pull/', 'refs/merge-requests/'],
  is: 'a full ref, such as refs/heads/main',
}
export const SHORT_REF: Shape = {
  kind: 'starts_otherwise',
  never: ['refs/'],
  is: 'the short name of a branch or tag, such as main',
}
export const NAME = {
  kind: 'path',
  least: 1,
  most: 1,
  is: 'one name without a slash, such as acme',
} as const satisfies Shape
export const ENVIRONMENT: Shape = {
  kind: 'path',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  is: 'the name of an environment without a slash at its ends',
}
export const OWNER_AND_NAME = {
  kind: 'path',
  least: 2,
  most: 2,
  is: 'an owner and a name, such as acme/api',
} as const satisfies Shape
/** Letters, digits, "_", "-" and ".": of GitLab, for groups, projects and accounts. */
export const SLUG = /^[\w.-]+$/
export const PROJECT_PATH: Shape = {
  kind: 'path',
  least: 2,
  most: Number.POSITIVE_INFINITY,
  name: SLUG,
  whole: /(?<!\.(?:git|atom))$/i,
  is: 'a whole path without a slash at its ends, such as acme/api',
}
export const GROUP_PATH: Shape = {
  kind: 'path',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  name: SLUG,
  is: 'a path without a slash at its ends, such as acme/platform',
}

export const oneOf = (...values: readonly string[]): Shape => ({
  kind: 'one_of',
  values,
  isOpen: false,
})
export const known = (...values: readonly string[]): Shape => ({
  kind: 'one_of',
  values,
  isOpen: true,
})
export const starting = (is: string, ...starts: readonly string[]): Shape => ({
  kind: 'starts',
  starts,
  is,
})

export const TRUE_OR_FALSE = oneOf('true', 'false')
