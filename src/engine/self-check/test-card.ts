// A picture of 64×64 pixels, as PNG: a checkerboard with gradients and a disc. It is small enough to be part of the
// code, so that no package has to contain it.

const BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAWlBMVEXcHvBatLQotAAoALRatABaALQotLTcHihaAAAoAAAoPAAo' +
  'ADxaAHhaeABatDxaPLQotHgoeLRaPABaADwoAHgoeAAotDwoPLRatHhaeLRaPDwoeDwoPHhaeHiVegyMAAAACXBIWXMAAAPoAAAD' +
  '6AG1e1JrAAAA7klEQVRYw+3Q7W7CMBBE0YUCWygBhzZAmvL+r9mEzEh8GHstJRKKfP/P0WrlE63RN/pCW/SDlugDSQYmAXBIiENC' +
  'HBLikFAGgoDelg7oY2mAPifiBw5og3671AvIX9senZAPUH0BdIQB0AAgBkCDgIwPaASQCKBRQIYGeHrPqAGQ65C/GBhQEyAZGBoo' +
  'UNVlBOq2EmXg/YDKBNR3QIV6xgRchzV6AAoDUI4LFFGgjABNBCjHB5ogcDEATQC4PAMLNEe7rheAa5uhFfIDOy/gEgAP4VwacDze' +
  'zc8uHeg7oykDHBLikBCHhDgklIFJAP9dmKfSFpurEgAAAABJRU5ErkJggg==';

export const TEST_CARD: Uint8Array<ArrayBuffer> = Uint8Array.from(atob(BASE64), (char) => char.charCodeAt(0));
