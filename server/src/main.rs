//! The program. All of it is in the library: what is asynchronous would otherwise be compiled a second time here.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    comity::command::main()
}
