module contract

go 1.24
