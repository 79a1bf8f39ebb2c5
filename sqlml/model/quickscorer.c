/* The scores of decision trees for many rows.

   The leaves of a tree are numbered from its `yes` side, and a word of bits stands for 32 of them. All bits are set at
   first; a split that a row fails clears those of the leaves on its `yes` side. The lowest bit left is the leaf where
   the row ends: splits can be looked at in any order, and none is a jump (Lucchese et al., "QuickScorer", SIGIR 2015).
   Rows lie side by side in the machine's vectors ("V-QuickScorer", SIGIR 2016). A tree of many leaves has several
   words; a split is looked at once for each word of which it clears a bit.

   The scores of a row depend on nothing but the row: each lane adds the leaves of the trees in their order.

   `leaf_bits.py` makes the arrays, and says what each holds. Compiled when the package is built: see hatch_build.py.
*/

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

enum { ROWS = 64, BITS = 32, KINDS = 4 };
enum { IDENTITY, EXP, LOGISTIC, SOFTMAX };

typedef struct {
    const int32_t *column;
    const int32_t *levels;
    const int64_t *first_word;
    const int64_t *first_test;
    const int32_t *feature;
    const float *threshold;
    const uint32_t *mask;
    const int64_t *set;
    const uint32_t *sets;
    const double *leaf;
    const int32_t *output;
    const double *base;
    int64_t features, trees, sums, link;
} Layout;

#define INLINE static inline __attribute__((always_inline))
#define EACH_ROW for (int row = 0; row < ROWS; row++)

/* What is left of one word for each row. A test is failed by values above its threshold, or by those that are not at
   most it (which a missing value is), or by codes that are no members of its set, which is one word or is several. */
INLINE void look(const Layout *trees, int64_t word, const float *values, const int32_t *codes, uint32_t *left)
{
    const int64_t *ends = trees->first_test + KINDS * word;
    int64_t test = ends[0];
    EACH_ROW left[row] = ~0u;
    for (; test < ends[1]; test++) {
        const float *value = values + ROWS * trees->feature[test];
        float threshold = trees->threshold[test];
        uint32_t mask = trees->mask[test];
        EACH_ROW left[row] &= value[row] > threshold ? mask : ~0u;
    }
    for (; test < ends[2]; test++) {
        const float *value = values + ROWS * trees->feature[test];
        float threshold = trees->threshold[test];
        uint32_t mask = trees->mask[test];
        EACH_ROW left[row] &= value[row] <= threshold ? ~0u : mask;
    }
    for (; test < ends[3]; test++) {
        const int32_t *code = codes + ROWS * trees->feature[test];
        uint32_t set = trees->sets[trees->set[test]];
        uint32_t mask = trees->mask[test];
        EACH_ROW left[row] &= set >> code[row] & 1 ? ~0u : mask;
    }
    for (; test < ends[4]; test++) {
        const int32_t *code = codes + ROWS * trees->feature[test];
        const uint32_t *set = trees->sets + trees->set[test];
        uint32_t mask = trees->mask[test];
        EACH_ROW left[row] &= set[code[row] / BITS] >> (code[row] % BITS) & 1 ? ~0u : mask;
    }
}

/* The place of a word's lowest bit: the exponent of the number that the bit alone is. */
INLINE int32_t lowest(uint32_t word)
{
    float alone = (float)(int32_t)(word & -word);
    int32_t bits;
    memcpy(&bits, &alone, sizeof bits);
    return (bits >> 23 & 255) - 127;
}

INLINE void add(const Layout *trees, const float *values, const int32_t *codes, double *sums)
{
    uint32_t left[ROWS];
    int32_t leaf[ROWS];
    for (int64_t tree = 0; tree < trees->trees; tree++) {
        EACH_ROW leaf[row] = -1;
        for (int64_t word = trees->first_word[tree]; word < trees->first_word[tree + 1]; word++) {
            look(trees, word, values, codes, left);
            EACH_ROW leaf[row] = leaf[row] < 0 && left[row] ? (int32_t)(BITS * word) + lowest(left[row]) : leaf[row];
        }
        double *sum = sums + ROWS * trees->output[tree];
        EACH_ROW sum[row] += trees->leaf[leaf[row]];
    }
}

/* One body, compiled for each width of vector. */
typedef void Add(const Layout *, const float *, const int32_t *, double *);

static void add_anywhere(const Layout *trees, const float *values, const int32_t *codes, double *sums)
{
    add(trees, values, codes, sums);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_256(const Layout *trees, const float *values, const int32_t *codes,
                                                    double *sums)
{
    add(trees, values, codes, sums);
}

__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))) static void add_512(
    const Layout *trees, const float *values, const int32_t *codes, double *sums)
{
    add(trees, values, codes, sums);
}
#endif

/* The body for the widest vectors that processor and system have. (What compilers offer for this answers "none" in some
   shared libraries.) Bits of the processor manual: leaf 1, saving of registers; leaf 7, AVX2 and AVX-512 F, DQ, BW, VL;
   extended control register 0, what the system saves. */
static Add *widest(void)
{
#ifdef __x86_64__
    enum { SAVES = 1 << 27, AVX2 = 1 << 5, AVX512 = 1 << 16 | 1 << 17 | 1 << 30 };
    unsigned a, b, c, d, saved, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & SAVES))
        return add_anywhere;
    __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return add_anywhere;
    unsigned wide = AVX512 | 1u << 31;
    if ((b & wide) == wide && (saved & 0xe6) == 0xe6)
        return add_512;
    if (b & AVX2 && (saved & 6) == 6)
        return add_256;
#endif
    return add_anywhere;
}

/* A number is the level that it is without its fraction. What is no level has one code more, a missing value two. */
INLINE int32_t code(float value, int32_t levels)
{
    if (value != value)
        return levels + 1;
    return value > -1 && value < (float)levels ? (int32_t)value : levels;
}

/* What is made of the sums of one row, which lie so far apart. */
static void link_row(const Layout *trees, const double *sums, int64_t apart, double *scores)
{
    double sum = sums[0] + trees->base[0], most = sum, all = 0;
    switch (trees->link) {
    case EXP:
        scores[0] = exp(sum) - 1;
        return;
    case LOGISTIC:
        scores[0] = 1 / (1 + exp(sum));
        scores[1] = 1 / (1 + exp(-sum));
        return;
    }
    for (int64_t at = 0; at < trees->sums; at++) {
        scores[at] = sums[apart * at] + trees->base[at];
        most = scores[at] > most ? scores[at] : most;
    }
    if (trees->link == IDENTITY)
        return;
    for (int64_t at = 0; at < trees->sums; at++)
        all += scores[at] = exp(scores[at] - most);
    for (int64_t at = 0; at < trees->sums; at++)
        scores[at] /= all;
}

static int64_t outputs_of(const Layout *trees)
{
    return trees->link == LOGISTIC ? 2 : trees->sums;
}

/* Scores (rows, outputs) of sums (rows, sums) that were computed elsewhere. */
void quickscorer_link(const Layout *trees, const double *sums, int64_t rows, double *scores)
{
    for (int64_t row = 0; row < rows; row++)
        link_row(trees, sums + row * trees->sums, 1, scores + row * outputs_of(trees));
}

/* Scores (rows, outputs) of a matrix (rows, width) of features. Returns 1 where there is no memory for 64 rows: their
   values and codes of each feature that the trees use, and their sums. */
int quickscorer(const Layout *trees, const float *matrix, int64_t rows, int64_t width, double *scores)
{
    Add *add_trees = widest();
    double *sums = malloc(ROWS * (trees->sums * sizeof *sums + trees->features * (sizeof(float) + sizeof(int32_t))));
    if (!sums)
        return 1;
    float *values = (float *)(sums + ROWS * trees->sums);
    int32_t *codes = (int32_t *)(values + ROWS * trees->features);
    for (int64_t start = 0; start < rows; start += ROWS) {
        int64_t count = rows - start < ROWS ? rows - start : ROWS;
        for (int64_t feature = 0; feature < trees->features; feature++) {
            const float *from = matrix + start * width + trees->column[feature];
            float *value = values + ROWS * feature;
            EACH_ROW value[row] = row < count ? from[row * width] : 0;
            if (trees->levels[feature])
                EACH_ROW codes[ROWS * feature + row] = code(value[row], trees->levels[feature]);
        }
        memset(sums, 0, sizeof *sums * ROWS * trees->sums);
        add_trees(trees, values, codes, sums);
        for (int64_t row = 0; row < count; row++)
            link_row(trees, sums + row, ROWS, scores + (start + row) * outputs_of(trees));
    }
    free(sums);
    return 0;
}
