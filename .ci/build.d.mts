/** Bundles one program; `externals` are the imports that stay outside of the file. */
export function bundle(entry: string, outfile: string): Promise<{ bytes: number; externals: readonly string[] }>;

/** The package.json beside the bundle on a box. */
export function boxManifest(): { version: string; dependencies: Record<string, string> };

/** Lays settings, service unit and documents, which a box needs beside the program, into a folder. */
export function copyForTheBox(folder: string): void;
