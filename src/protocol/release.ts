/** The release of this package: how our requests name themselves, and what stored rows were made by. */

/** As package.json has it. */
export const RELEASE = '0.2.0'
