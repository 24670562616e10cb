/** Exports for other folders of the package. They are not part of the door `edgemint/dev`. */
export { reachableUrl } from './issuer/admission.ts'
export { type Person, parsePeople } from './people/person.ts'
export { addLocalKey, endLocalKey, importLocalKeys } from './serve/local-keys.ts'
export { makeOwnDirectory, readOwnFile, refuseLink } from './serve/safe-files.ts'
export { StateInUse } from './serve/state-dir.ts'
export { takeLock } from './serve/state-lock.ts'
