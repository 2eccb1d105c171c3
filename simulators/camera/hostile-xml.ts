/**
 * Answers that no camera should give: they try to fill a reader's memory, stack or time.
 */
const HUGE_BYTES = 32 * 1_024 * 1_024;
const DEPTH = 10_000;
const LAUGHS = 10;

const ENVELOPE = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>';
const END = '</s:Body></s:Envelope>';

/** Well-formed, and far larger than any answer of a camera. */
export function hugeXml(): Buffer {
  const item = '<Item>0123456789</Item>';
  return Buffer.from(ENVELOPE + item.repeat(HUGE_BYTES / item.length) + END);
}

/** Entities that grow tenfold with each line, to 10^10 words. */
export function billionLaughs(): Buffer {
  const lines = Array.from({ length: LAUGHS }, (_, index) => {
    const content = index === 0 ? 'ha' : `&ha${index - 1};`.repeat(10);
    return `<!ENTITY ha${index} "${content}">`;
  });
  const document = `<?xml version="1.0"?><!DOCTYPE s:Envelope [${lines.join('')}]>`;
  return Buffer.from(`${document}${ENVELOPE}&ha${LAUGHS - 1};${END}`);
}

/** Elements inside each other. */
export function deepXml(): Buffer {
  return Buffer.from(ENVELOPE + '<a>'.repeat(DEPTH) + '</a>'.repeat(DEPTH) + END);
}

/** What a camera's web server says when the ONVIF service is switched off. */
export const WEB_PAGE = Buffer.from(
  '<!DOCTYPE html><html><head><title>Document Error: Not Found</title><body><h2>Access Error: 404<br>Not Found</body></html>',
);
