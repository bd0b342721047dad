/** Where the description of the admin API is; in the package it stands beside the code. */
export const OPEN_API = new URL('./openapi.json', import.meta.url);
