// The linker puts sections of this name before all others but the vectors.
#include "mark.h"

const struct program_mark program_mark __attribute__((section(".progmem.gcc_mark"))) = {FIRMWARE_NAME, BUILD_HASH};
