/** The databases: open demos fetched exactly as published, the way to the others explained. */
export { GET_HELP, type GetContext, type GetFlags, getCommand } from './command.js';
export { howToGet } from './credentialed.js';
export { DATABASES, type Database, type DatabaseName, defaultFolder, isOpen, type OpenDatabase } from './databases.js';
export { type DownloadOptions, download } from './download.js';
export { type GetOptions, type GetProgress, type GetReport, getDatabase } from './get.js';
export type { Patience } from './request.js';
