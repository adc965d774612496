/// m
pub struct Schema; 
/// m
pub struct SchemaColumn; 
/// m
pub struct Table; 
/// m
pub struct UniqueKey;
