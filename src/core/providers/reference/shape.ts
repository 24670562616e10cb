/**
 * The forms of claim values, and the forms that several platforms share. `fits-shape.ts` in
 * `analysis/lint` compares rules with them.
 */

export type Shape =
  /**
   * Begins with one of these and continues. `whole` applies to values without a star, and `except` to
   * the text before the first star.
   */
  | {
      readonly kind: 'starts'
      readonly starts: readonly string[]
      readonly is: string
      readonly whole?: RegExp
      readonly except?: RegExp
    }
  | {
      readonly kind: 'starts_otherwise'
      readonly never: readonly string[]
      readonly is: string
      readonly whole?: RegExp
      readonly except?: RegExp
    }
  /** Contains only these characters. `whole` and `except` are as above. */
  | {
      readonly kind: 'characters'
      readonly one: RegExp
      readonly is: string
      readonly whole?: RegExp
      readonly except?: RegExp
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
export const ULID: Shape = {
  kind: 'characters',
  one: /^[0-9A-HJKMNP-TV-Z]$/,
  whole: /^[0-9A-HJKMNP-TV-Z]{26}$/,
  is: 'a ULID of 26 characters in upper case',
}
/** The ids of MongoDB. */
export const OBJECT_ID: Shape = {
  kind: 'characters',
  one: /^[0-9a-f]$/,
  whole: /^[0-9a-f]{24}$/,
  is: 'an id of 24 hexadecimal digits in lower case',
}
export const IMAGE_DIGEST: Shape = {
  kind: 'characters',
  one: /^[0-9a-z:]$/,
  whole: /^sha256:[0-9a-f]{64}$/,
  is: 'a whole digest, such as sha256: and 64 digits',
}
export const EMAIL: Shape = {
  kind: 'characters',
  one: /^\S$/,
  whole: /^[^@\s]+@[^@\s]+$/,
  is: 'one email address, such as alice@example.com',
}
export const COMMIT: Shape = {
  kind: 'characters',
  one: /^[0-9a-f]$/,
  whole: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  is: 'a whole commit id in lower case',
}
/** Git allows none of these in the name of a ref. */
const NO_REF = /[\s~^:?[\\]|\.\.|\/\/|@\{/
export const FULL_REF: Shape = {
  kind: 'starts',
  starts: ['refs/heads/', 'refs/tags/', 'refs/pull/', 'refs/merge-requests/'],
  whole: /[^/.]$/,
  except: NO_REF,
  is: 'a full ref, such as refs/heads/main',
}
export const SHORT_REF: Shape = {
  kind: 'starts_otherwise',
  never: ['refs/', '/'],
  whole: /[^/.]$/,
  except: NO_REF,
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
/** A repository with the host that it is on. */
export const HOSTED_REPOSITORY: Shape = {
  kind: 'path',
  least: 3,
  most: Number.POSITIVE_INFINITY,
  is: 'a host and the path of a repository, such as github.com/acme/api',
  whole: /^[^:@]+$/,
}
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
export const starting = (is: string, ...starts: readonly string[]) =>
  ({ kind: 'starts', starts, is }) as const satisfies Shape

export const URL_TEXT = starting('a URL, such as https://example.com', 'https://', 'http://')
export const TRUE_OR_FALSE = oneOf('true', 'false')
