// The built-in functions that contractions use, for clang's NVPTX back end, which has none of OpenCL's.
// Good enough to count registers: exp and log are the fast ones.

#define asm __asm__
#define BUILT_IN __attribute__((overloadable, always_inline))

size_t BUILT_IN get_local_id(uint axis) {
  return __nvvm_read_ptx_sreg_tid_x();
}

size_t BUILT_IN get_group_id(uint axis) {
  return axis == 0   ? __nvvm_read_ptx_sreg_ctaid_x()
         : axis == 1 ? __nvvm_read_ptx_sreg_ctaid_y()
                     : __nvvm_read_ptx_sreg_ctaid_z();
}

void BUILT_IN barrier(cl_mem_fence_flags flags) {
  __syncthreads();
}

int BUILT_IN min(int a, int b) {
  return a < b ? a : b;
}

uint BUILT_IN mul_hi(uint a, uint b) {
  return ((ulong)a * b) >> 32;
}

int BUILT_IN isnan(float x) {
  return x != x;
}

float BUILT_IN exp(float x) {
  return __nvvm_ex2_approx_f(x * 1.442695f);
}

float BUILT_IN log(float x) {
  return __nvvm_lg2_approx_f(x) * 0.6931472f;
}

float BUILT_IN sqrt(float x) {
  return __nvvm_sqrt_rn_f(x);
}

float BUILT_IN tanh(float x) {
  return 1.0f - 2.0f / (exp(2.0f * x) + 1.0f);
}
